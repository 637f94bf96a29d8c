"""Rows as planning writes them, for tests that need some: a plan for each."""

from itertools import count

from bot.store import plan_writing
from bot.store.plan_writing import Plan

_numbers = count(1)


def plan_ready(connection, rows, *, now):
    """Target, list day, selection, number of messages, not before. Gives how many are to be sent."""
    return _write(connection, [(target, Plan(ready=(tuple(row),))) for target, *row in rows], now)


def plan_waiting(connection, rows, *, now):
    """Target, list day, until when."""
    _write(connection, [(target, Plan(waiting=(tuple(row),))) for target, *row in rows], now)


def plan_skipped(connection, rows, *, now):
    """Target, list day."""
    _write(connection, [(target, Plan(skipped=(day,))) for target, day in rows], now)


def set_floor(connection, target, day, *, now):
    """The floor of a subscription that has none."""
    _write(connection, [(target, Plan(first_floor=day))], now)


def move_on(connection, target, *, at, floor=None, mark=None, now):
    """The next due instant as `due` holds it, the raised floor, the mark."""
    _write(connection, [(target, Plan((at, floor, mark)))], now)


def _write(connection, plans, now):
    """Gives how many are to be sent."""
    plan_writing.newest_plan(connection)
    plan_writing.forget_plans(connection)
    ready = 0
    for target, plan in plans:
        number = next(_numbers)
        plan_writing.keep_plan(connection, number, plan)
        ready += plan_writing.write(connection, {target: number}, plan.kinds(), now=now).ready
    return ready
