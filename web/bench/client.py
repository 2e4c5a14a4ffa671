"""A client in a process of its own: one kept-alive connection, requests made ready beforehand, no library in between.

Started as a script. Reads a plan from standard input, `{"host", "port", "requests": [[method, path, headers, body, status]]}`,
says `ready`, waits for a line, connects (not before: a server hangs up on who is silent for long), sends every request when the one
before is answered, and writes `{"seconds": [...], "wrong": null}`; `wrong` is the first answer whose status is not the expected one.
"""

import json
import socket
import sys
from time import perf_counter
from typing import Any


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    requests = [(request_bytes(plan, *one[:4]), one[4]) for one in plan["requests"]]
    print("ready", flush=True)
    sys.stdin.readline()
    connection = socket.create_connection((plan["host"], plan["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    seconds, wrong = [], None
    for request, expected in requests:
        begun = perf_counter()
        status, body = ask(connection, request)
        seconds.append(perf_counter() - begun)
        if status != expected and wrong is None:
            wrong = f"{request.split(b' HTTP')[0].decode()}: {status}, not {expected}: {body[:500].decode(errors='replace')}"
    print(json.dumps({"seconds": seconds, "wrong": wrong}))


def request_bytes(plan: dict[str, Any], method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    content = body.encode()
    lines = [f"{method} {path} HTTP/1.1", f"host: {plan['host']}:{plan['port']}", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def ask(connection: socket.socket, request: bytes) -> tuple[int, bytes]:
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    while len(body) < length_of(head):
        body += receive(connection)
    return int(head[9:12]), body


def receive(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the server hung up")
    return received


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


if __name__ == "__main__":
    main()
