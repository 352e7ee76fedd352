import XMPP

extension Avatar {
    /// The picture of the gateway and its networks: a martlet in flight.
    static let martlet = Avatar(
        type: "image/png", size: 64, count: 354, hash: "4095b2b078c21695625b5ec26c9975ab086b7693",
        base64: """
            iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAgMAAADXB5lNAAAACVBMVEUAAAAfTnn///+AqXaiAAAAAXRSTlMAQObYZgAAAQdJREFU\
            eNpt1NERwyAIAND4kRGyT0boR/TDEdiHEfzAKasgRINc73p9pZgE6HHs44zx9/m8SuT4JMwpMa4pp4KmXArP5xf6m/DCvZbQItcL\
            z6eEFAkz3GsJKSKQ0EBqAllVgVoN4gxxA2GFWyDXFkWgn5oqB/K5pyZIigAIkEEdwXBZCS7yCGA/NhnkItfR3xkABRIp6JUqkAII\
            pKKQcQ8ZFdpXHeC9fdoDvQANTq45IGO7W+mItCHtYW5Ug/HUB+hTn+FYYddK12yGRIAKPDCZoCwTlEs24HOhZLLJZcBENtu9asVU\
            bXC5u/waox16M3uSDr9bD79AbsXcEvo1dYvsV939GUzxB6vZJXH6SGGyAAAAAElFTkSuQmCC
            """)
}
