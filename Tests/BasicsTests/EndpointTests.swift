import Basics
import Testing

@Suite("Endpoint")
struct EndpointTests {
    @Test(
        "host and port are read and written back",
        arguments: [
            ("127.0.0.1:5347", "127.0.0.1", 5347), ("irc.example.org:6697", "irc.example.org", 6697),
            ("[::1]:1", "::1", 1), ("[2001:db8::7]:65535", "2001:db8::7", 65535), ("localhost:1", "localhost", 1),
            ("[fe80::1%eth0]:80", "fe80::1%eth0", 80), ("[fe80::1%br-lan]:80", "fe80::1%br-lan", 80),
            ("xmpp-1.example.org:5347", "xmpp-1.example.org", 5347), ("a_b:1", "a_b", 1),
            ("bücher.example:6667", "bücher.example", 6667),
        ])
    func reads(text: String, host: String, port: Int) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint == Endpoint(host: host, port: port))
        #expect(endpoint.description == text)
    }

    @Test("leading zeros of a port are ignored")
    func zeros() { #expect(Endpoint("localhost:0080") == Endpoint(host: "localhost", port: 80)) }

    @Test(
        "a text that is no endpoint gives nil",
        arguments: [
            "", ":", "host", "host:", ":1", "host:0", "host:65536", "host:-1", "host:+1", "host:1x", "host: 80",
            "host:٨٠", "::1:80", "[::1]", "[::1]80", "[::1", "[]:80", "[host]:1", "[::1]]:80", "a b:1", "a/b:1",
            "u@h:1",
            "a\n:1", "a,b:1", "http://host:80", "host:80:90", "host:99999999999999999999",
            String(repeating: "a", count: 256) + ":1",
        ])
    func refuses(text: String) { #expect(Endpoint(text) == nil) }

    @Test("the default port replaces a missing port, but not a wrong one")
    func defaultPort() {
        #expect(Endpoint("irc.example.org", defaultPort: 6697) == Endpoint(host: "irc.example.org", port: 6697))
        #expect(Endpoint("[::1]", defaultPort: 6697)?.description == "[::1]:6697")
        #expect(Endpoint("irc.example.org:7000", defaultPort: 6697)?.port == 7000)
        #expect(Endpoint("irc.example.org:", defaultPort: 6697) == nil)
        #expect(Endpoint("irc.example.org:0", defaultPort: 6697) == nil)
    }

    @Test(
        "the caller decides which ports are allowed", arguments: [("h:0", 0...65_535, 0), ("h:1023", 1024...2048, nil)])
    func ports(text: String, ports: ClosedRange<Int>, port: Int?) {
        #expect(Endpoint(text, ports: ports)?.port == port)
    }
}
