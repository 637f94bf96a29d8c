"""The web application: its routes, and what every answer of it carries. The pages themselves are made elsewhere."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.clock import Clock
from bot.settings import Settings
from bot.store.connection import Store


def make_app(store: Store, settings: Settings, clock: Clock, *, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """The application over `store`. Routes `beside` (health, metrics) go before its own."""
    app = Starlette(routes=[*beside])
    app.state.store, app.state.settings, app.state.clock = store, settings, clock
    return app
