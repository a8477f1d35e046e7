#!/usr/bin/python3
"""Prints the messages of a WebSocket, a line each: websocket_reader.py URL COUNT [TOKEN]."""
import asyncio
import sys

import websockets


async def main(url, count, token=None):
    headers = {"Authorization": "Bearer " + token} if token else {}
    try:
        async with websockets.connect(url, extra_headers=headers) as socket:
            print("open", flush=True)
            for _ in range(int(count)):
                print(await asyncio.wait_for(socket.recv(), 20), flush=True)
    except websockets.exceptions.InvalidStatusCode as refused:
        print("refused", refused.status_code, flush=True)


asyncio.run(main(*sys.argv[1:]))
