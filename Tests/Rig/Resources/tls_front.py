"""Takes TLS connections and passes them on in clear text, as a TLS terminator in front of a server does.

tls_front.py PORT TARGET CERTIFICATE KEY [CLIENTS]: with CLIENTS, clients must show one of its certificates.
"""
import socket
import ssl
import sys
import threading


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(peer, context, target):
    try:
        sealed = context.wrap_socket(peer, server_side=True)
        behind = socket.create_connection(("127.0.0.1", target))
    except OSError as error:
        print(error, flush=True)
        peer.close()
        return
    print("passed on", flush=True)
    threading.Thread(target=copy, args=(behind, sealed), daemon=True).start()
    copy(sealed, behind)


def main():
    port, target, certificate, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if len(sys.argv) > 5:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(sys.argv[5])
    server = socket.create_server(("127.0.0.1", port))
    while True:
        peer, _ = server.accept()
        threading.Thread(target=serve, args=(peer, context, target), daemon=True).start()


main()
