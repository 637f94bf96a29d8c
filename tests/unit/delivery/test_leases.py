"""Leases of the dead are known by host, boot, pid and start time."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from bot.delivery import leases
from bot.delivery.leases import Life, life, this_process

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="start times are read from /proc")


def test_this_process_lives():
    assert life(str(this_process())) is Life.ALIVE


def test_two_engines_of_one_process_have_different_names():
    assert str(this_process()) != str(this_process())


def test_a_process_that_has_ended_is_dead():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = str(replace(this_process(), pid=child.pid, start=leases._start(child.pid) or ""))
    assert life(name) is Life.ALIVE
    child.kill()
    child.communicate()
    assert life(name) is Life.DEAD


@linux
def test_another_process_with_the_same_pid_is_not_the_owner():
    assert life(str(replace(this_process(), start="1"))) is Life.DEAD


@linux
def test_every_owner_of_an_earlier_run_of_the_machine_is_dead():
    assert life(str(replace(this_process(), boot="0123456789abcdef-4026531836"))) is Life.DEAD


@linux
def test_a_neighbouring_container_may_live():
    here = this_process()
    assert life(str(replace(here, boot=here.boot.partition("-")[0] + "-1", pid=os.getpid() + 1))) is Life.UNKNOWN


def test_another_machine_and_an_unreadable_name_may_live():
    assert life(str(replace(this_process(), host="elsewhere", pid=1, start="1"))) is Life.UNKNOWN
    assert life("somebody") is Life.UNKNOWN
