"""A session with `steadyarm serve-env`: frames over the standard input and output of a child process."""

from __future__ import annotations

import json
import os
import shlex
import struct
import subprocess
from collections.abc import Sequence
from typing import Any

PROTOCOL = 1
RESET, STEP, COMPUTE_REWARD, CLOSE = 1, 2, 3, 4
HELLO, OBSERVATION, STEPPED, REWARDS, ERROR = 128, 129, 130, 131, 132

_HEADER = struct.Struct("<II")
_CLOSE_SECONDS = 5


class SteadyarmError(ValueError):
    """The environment refuses a request, or its process has ended."""


def steadyarm_command(command: str | Sequence[str] | None) -> list[str]:
    """Returns the words that start steadyarm: those given, else of the variable STEADYARM, else `npx --no steadyarm`."""
    if command is None:
        command = os.environ.get("STEADYARM") or "npx --no steadyarm"
    return shlex.split(command, posix=os.name == "posix") if isinstance(command, str) else list(command)


class Session:
    """A process that serves one environment."""

    def __init__(self, command: Sequence[str]) -> None:
        self._name = shlex.join(command)
        try:
            # Its own session: Ctrl-C belongs to the Python program, which may go on to save its agent.
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise SteadyarmError(
                f"{self._name}: cannot start: {error}. Name the command: STEADYARM='node /path/to/dist/cli/main.js'"
            ) from None
        assert self._process.stdin is not None and self._process.stdout is not None
        self._requests, self._replies = self._process.stdin, self._process.stdout
        try:
            self.hello: dict[str, Any] = json.loads(self._receive(HELLO))
            protocol = self.hello.get("protocol")
            if protocol != PROTOCOL:
                raise SteadyarmError(
                    f"{self._name}: expected protocol {PROTOCOL}, got {protocol}. "
                    "Install steadyarm and steadyarm_gym of the same version"
                )
        except BaseException:
            self.close()
            raise

    def request(self, kind: int, payload: bytes, reply: int) -> bytes:
        """Sends a frame and returns the payload of its reply. Raises SteadyarmError if the environment refuses it."""
        try:
            self._requests.write(_HEADER.pack(len(payload), kind) + payload)
            self._requests.flush()
        except (OSError, ValueError):
            raise self._ended() from None
        return self._receive(reply)

    def close(self) -> None:
        """Ends the process. May be called more than once."""
        try:
            self._requests.write(_HEADER.pack(0, CLOSE))
            self._requests.close()
        except (OSError, ValueError):
            pass
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._replies.close()

    def _receive(self, expected: int) -> bytes:
        length, kind = _HEADER.unpack(self._read(_HEADER.size))
        payload = self._read(length)
        if kind == ERROR:
            raise SteadyarmError(payload.decode())
        if kind != expected:
            self._process.kill()
            raise SteadyarmError(f"{self._name}: expected a frame of type {expected}, got {kind}")
        return payload

    def _read(self, size: int) -> bytes:
        try:
            data = self._replies.read(size)
        except ValueError:
            data = b""
        if len(data) < size:
            raise self._ended()
        return data

    def _ended(self) -> SteadyarmError:
        try:
            code = self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            return SteadyarmError(f"{self._name}: has closed its end of the pipe")
        return SteadyarmError(f"{self._name}: expected an answer, but the process has ended with {code}")
