"""Answers to slash commands and to pressed buttons: callbacks and follow-ups, with Discord's three seconds and fifteen minutes."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord.api import answer, read_json
from tests.fakes.discord.limits import ApiError, check_message, check_suggestions
from tests.fakes.discord.world import FakeInteraction, FakeMessage

if TYPE_CHECKING:
    from tests.fakes.discord.server import FakeDiscord

# docs/interactions/receiving-and-responding: "you must send an initial response within 3 seconds", tokens "valid for 15 minutes"
FIRST_SECONDS, TOKEN_SECONDS = 3.0, 15 * 60.0


class Interactions:
    """Handlers over one FakeDiscord."""

    def __init__(self, fake: "FakeDiscord") -> None:
        self.fake = fake

    def routes(self) -> list[web.RouteDef]:
        webhook = "/webhooks/{application}/{token}"
        return [
            web.post("/interactions/{interaction}/{token}/callback", self.callback),
            web.post(webhook, self.follow_up),
            web.get(f"{webhook}/messages/@original", self.show_original),
            web.patch(f"{webhook}/messages/@original", self.edit_original),
            web.delete(f"{webhook}/messages/@original", self.delete_original),
        ]

    async def callback(self, request: web.Request) -> web.Response:
        """docs/interactions/receiving-and-responding#create-interaction-response."""
        one = self.fake.interactions.get(request.match_info["token"])
        if one is None or one.id != request.match_info["interaction"]:
            raise ApiError(404, 10062, "Unknown interaction")
        if one.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if self.fake.time() - one.at > FIRST_SECONDS:
            raise ApiError(404, 10062, "Unknown interaction")
        body = await read_json(request)
        kind, data = body.get("type"), body.get("data") or {}
        if (kind == 8) != one.completes:
            # …#interaction-response-object-interaction-callback-type: 8 is for autocomplete alone, and nothing else for that
            raise ApiError(
                400, 50035, "Invalid Form Body", {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "?"}]}}
            )
        if kind == 8:
            check_suggestions(data)
            one.choices, one.acknowledged = data["choices"], True
            await one.notify()
            return answer(None, 204)
        if kind == 4:
            check_message(data, ephemeral_allowed=True)
            one.original = self.fake.new_message(one.channel, data, interaction=one)
            one.acknowledged = True
            await self._show(one, one.original)
        elif kind == 5:
            one.original = self.fake.new_message(one.channel, {"flags": data.get("flags", 0)}, interaction=one)
            one.acknowledged = one.deferred = one.was_deferred = True
        elif kind in (6, 7) and one.pressed is not None:
            # …#interaction-response-object-interaction-callback-type: "Only valid for component-based interactions"
            if kind == 7:
                check_message(data, edit=True)
                self._change(one, one.pressed, data)
            one.original, one.acknowledged = one.pressed, True
        else:
            raise ApiError(
                400, 50035, "Invalid Form Body", {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "?"}]}}
            )
        await one.notify()
        if self.fake.lost_callbacks:
            self.fake.lost_callbacks -= 1
            assert request.transport is not None
            request.transport.abort()
        if request.query.get("with_response") != "true":
            return answer(None, 204)
        summary = {
            "id": one.id,
            "type": one.type,
            "response_message_id": one.original.id,
            "response_message_loading": one.deferred,
        }
        return answer({"interaction": summary, "resource": {"type": kind, "message": one.original.json()}})

    async def follow_up(self, request: web.Request) -> web.Response:
        """docs/interactions/receiving-and-responding#create-followup-message."""
        one = self._alive(request)
        body = await read_json(request)
        if one.deferred:
            # The first follow-up after a deferral edits it, and cannot change who sees it (discord-api-docs pull 7091, 3466).
            return await self._edit(one, {name: value for name, value in body.items() if name != "flags"})
        one.follow_ups += 1
        if one.carried and one.follow_ups > 5:
            # docs/change-log, 27 June 2024: "User-installed apps are now limited to creating a maximum of 5 follow-ups";
            # docs/topics/opcodes-and-status-codes: 40094.
            raise ApiError(400, 40094, "This interaction has reached the maximum number of follow up messages")
        if one.was_deferred and one.original_deleted and not one.messages:
            raise ApiError(404, 10008, "Unknown Message")  # github.com/discord/discord-api-docs/issues/2739
        check_message(body, ephemeral_allowed=True)
        message = self.fake.new_message(one.channel, body, interaction=one)
        await self._show(one, message)
        return answer(message.json())

    async def show_original(self, request: web.Request) -> web.Response:
        return answer(self._original(self._alive(request)).json())

    async def edit_original(self, request: web.Request) -> web.Response:
        """docs/interactions/receiving-and-responding#edit-original-interaction-response."""
        one = self._alive(request)
        self._original(one)
        return await self._edit(one, await read_json(request))

    async def delete_original(self, request: web.Request) -> web.Response:
        one = self._alive(request)
        original = self._original(one)
        one.original_deleted, one.deferred = True, False
        if original in one.messages:
            one.messages.remove(original)
        if original in one.channel.messages:
            one.channel.messages.remove(original)
        await one.notify()
        return answer(None, 204)

    async def _edit(self, one: FakeInteraction, body: Any) -> web.Response:
        check_message(body, edit=True)
        original = self._original(one)
        self._change(one, original, body)
        if one.deferred:
            one.deferred = False
            await self._show(one, original)
        await one.notify()
        return answer(original.json())

    def _change(self, one: FakeInteraction, message: FakeMessage, body: Any) -> None:
        self.fake.change(message, body)
        if message is one.pressed:
            one.edits += 1

    def _alive(self, request: web.Request) -> FakeInteraction:
        one = self.fake.interactions.get(request.match_info["token"])
        if one is None or not one.acknowledged or request.match_info["application"] != self.fake.application_id:
            raise ApiError(404, 10015, "Unknown Webhook")
        if self.fake.time() - one.at > TOKEN_SECONDS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return one

    def _original(self, one: FakeInteraction) -> FakeMessage:
        if one.original is None or one.original_deleted:
            raise ApiError(404, 10008, "Unknown Message")
        return one.original

    async def _show(self, one: FakeInteraction, message: FakeMessage) -> None:
        one.messages.append(message)
        if not message.ephemeral:
            await self.fake.show(message)
        await one.notify()
