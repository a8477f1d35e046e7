#!/usr/bin/python3
"""A stand-in for vosk-server on a WebSocket implementation that is not ours.

Speaks its protocol: a configuration, PCM of 16 bits, {"eof" : 1}. Hears one word in every half
second of sound, at the place where it is; half a second of silence after words ends a sentence.
Prints its port on standard output.

usage: vosk_server.py [SECONDS [THINKING]]: until it ends itself, 120 where nothing is said, and
before it answers with the last sentence.
"""
import asyncio
import json
import math
import struct
import sys

import websockets

LOUD = 300  # root of the mean square of half a second


def loudness(samples):
    return math.sqrt(sum(s * s for s in samples) / max(len(samples), 1))


def sentence(results, begin):
    words = [
        {"conf": 1.0, "start": i / 2, "end": i / 2 + 0.5, "word": "word"}
        for i, loud in enumerate(results)
        if loud and i >= begin
    ]
    return json.dumps({"result": words, "text": " ".join(w["word"] for w in words)})


async def recognise(websocket, path=None):
    rate, heard, results, spoken = 8000, b"", [], 0
    async for message in websocket:
        if isinstance(message, str):
            if "eof" in message:
                break
            rate = json.loads(message)["config"]["sample_rate"]
            continue
        heard += message
        half = rate  # bytes: half a second of 16-bit samples
        while len(heard) >= (len(results) + 1) * half:
            begin = len(results) * half
            samples = struct.unpack("<%dh" % (half // 2), heard[begin : begin + half])
            results.append(loudness(samples) > LOUD)
        if any(results[spoken:]) and not results[-1]:
            await websocket.send(sentence(results, spoken))
            spoken = len(results)
        else:
            await websocket.send(json.dumps({"partial": "word" if any(results[spoken:]) else ""}))
    await asyncio.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
    await websocket.send(sentence(results, spoken))


async def main():
    server = await websockets.serve(recognise, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The test ends it, and where that died it ends itself.
    await asyncio.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 120)


asyncio.run(main())
