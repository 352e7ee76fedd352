import Networking
import Testing

@Suite("Endpoint")
struct EndpointTests {
    @Test(
        "host and port are read and written back",
        arguments: [
            ("127.0.0.1:5347", "127.0.0.1", 5347), ("irc.example.org:6697", "irc.example.org", 6697),
            ("[::1]:1", "::1", 1), ("[2001:db8::7]:65535", "2001:db8::7", 65535), ("localhost:0080", "localhost", 80),
        ])
    func reads(text: String, host: String, port: Int) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint == Endpoint(host: host, port: port))
        #expect(Endpoint(endpoint.description) == endpoint)
    }

    @Test(
        "what is no endpoint is refused",
        arguments: [
            "", ":", "host", "host:", ":1", "host:0", "host:65536", "host:-1", "host:+1", "host:1x", "::1:80", "[::1]",
            "[::1]80", "[::1", "[host]:1", "a b:1", "a/b:1", "u@h:1", "a\n:1", "host:99999999999999999999",
        ])
    func refuses(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test("a default port stands in for a missing one")
    func defaultPort() {
        #expect(Endpoint("irc.example.org", defaultPort: 6697) == Endpoint(host: "irc.example.org", port: 6697))
        #expect(Endpoint("[::1]", defaultPort: 6697)?.description == "[::1]:6697")
        #expect(Endpoint("irc.example.org:7000", defaultPort: 6697)?.port == 7000)
    }
}
