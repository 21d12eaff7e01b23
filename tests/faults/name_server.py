# SPDX-License-Identifier: MIT
"""A name server that answers the first questions, of one look-up, and then falls silent.

Every name leads to its own address, which stands on the command line; there is no IPv6.
"""
import socket
import sys

ADDRESS = sys.argv[1]
A, AAAA = 1, 28


def answer(question):
    """For a question of one name; None if it is about neither kind of address."""
    end = question.index(b"\0", 12) + 5
    kind = int.from_bytes(question[end - 4:end - 2], "big")
    if kind not in (A, AAAA):
        return None, kind
    found = b""
    if kind == A:
        found = b"\xc0\x0c\0\x01\0\x01\0\0\0\x00\0\x04" + socket.inet_aton(ADDRESS)
    header = question[:2] + b"\x81\x80\0\x01" + len(found[:1]).to_bytes(2, "big") + b"\0\0\0\0"
    return header + question[12:end] + found, kind


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((ADDRESS, 53))
        print("ready", flush=True)
        answered = set()
        while True:
            question, client = server.recvfrom(4096)
            reply, kind = answer(question)
            if kind in answered or reply is None:
                print("silent", flush=True)
                continue
            answered.add(kind)
            server.sendto(reply, client)


main()
