"""`yunzhang serve`: the web server and one worker, started together and ended together."""

from __future__ import annotations

import ctypes
import functools
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from yunzhang.base.errors import Invalid, YunzhangError, zh
from yunzhang.cli.speech import either
from yunzhang.kit.guard import only_worker
from yunzhang.kit.home import Home, current_home

GRACE = 10.0  # seconds a process is given to end by itself
STEP = 0.2
PR_SET_PDEATHSIG = 1  # Linux: the child is signalled when its parent dies, also by kill -9
SIGN_INS = "sign-ins.txt"


class PortTaken(YunzhangError):
    """Another program listens where the web was to be served."""

    code = "port_taken"
    category = "conflict"
    what = zh("%(host)s:%(port)s 已被其他程序占用。")
    do = zh("请用 --port 另选端口。")


class PlainHttp(YunzhangError):
    """Sign-ins would cross a network unencrypted."""

    code = "plain_http"
    category = "refused"
    what = zh("不能以明文 http 在 %(host)s 上提供服务。")
    why = zh("登录口令和办理内容会在网络上明文传输。")
    do = zh("请在前面设 https 反向代理，并设置 YUNZHANG_HTTPS=1 和 YUNZHANG_HOSTS=域名；只在本机使用时请用 127.0.0.1。")


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
) -> None:
    """Serve the office until interrupted; where one of the two processes ends, the other is ended too."""
    home = current_home()
    assert home is not None  # noqa: S101 - the root has opened it
    with only_worker(home.root):
        pass  # refuses early where another worker runs; the worker itself holds the lock
    check_https(host)
    check_free(host, port)
    announce(home, host, port)
    status = together([web(home, host, port), worker()])
    if status:
        raise typer.Exit(status)


def web(home: Home, host: str, port: int) -> list[str]:
    """Return the command of the web server: one process where one file is written, two where a server is."""
    workers = "1" if home.database == "sqlite" else "2"
    words = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", workers]
    words += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
    return [sys.executable, "-m", "granian", *words, "yunzhang.web.wsgi:application"]


def worker() -> list[str]:
    """Return the command of the worker, which ends when this process does."""
    return [sys.executable, "-m", "yunzhang.cli", "work", "--with-parent"]


def announce(home: Home, host: str, port: int) -> None:
    """Print the address and, for a simulated office, its sign-ins."""
    typer.echo(f"http://{host}:{port}/")
    sign_ins = home.root / SIGN_INS
    if home.is_simulated and sign_ins.exists():
        typer.echo(sign_ins.read_text("utf-8").rstrip())
    typer.echo(either("按 Ctrl+C 结束。", "Ctrl+C ends it."))


def check_https(host: str) -> None:
    """Raise PlainHttp where other machines could reach us and nobody has said that https stands in front."""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise Invalid(field="--host", problem=host) from None
    if not is_loopback and os.environ.get("YUNZHANG_HTTPS") != "1":
        raise PlainHttp(host=host)


def check_free(host: str, port: int) -> None:
    """Raise PortTaken where something listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port) from error


def together(commands: Sequence[list[str]]) -> int:
    """Run commands side by side until one ends or we are told to; returns the status of the one that ended badly."""
    asked: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, _: asked.append(number))
    running = [start(command) for command in commands]
    try:
        while not asked and all(process.poll() is None for process in running):
            time.sleep(STEP)
        return (
            0 if asked else next(abs(process.returncode) or 1 for process in running if process.returncode is not None)
        )
    finally:
        end(running)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own (Ctrl+C reaches us alone) that is ended when this process dies."""
    libc = ctypes.CDLL(None, use_errno=True)
    die_with_parent = functools.partial(libc.prctl, PR_SET_PDEATHSIG, signal.SIGTERM)
    return subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent)  # noqa: S603, PLW1509


def end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, and kill what does not."""
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    last = time.monotonic() + GRACE
    for process in running:
        try:
            process.wait(max(0.1, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
