import Basics
import NIOHTTP1
import Testing

@testable import HTTP

@Suite("The caller behind a proxy")
struct TrustedProxiesTests {
    private static let proxy = "10.0.0.1"

    private func caller(_ headers: [(String, String)], peer: String = proxy) throws -> String {
        let ranges = try ["10.0.0.0/8", "2001:db8:ffff::/48"].map { try #require(AddressRange($0)) }
        let peer = try #require(IPAddress(peer))
        return TrustedProxies(ranges).caller(of: HTTPHeaders(headers), peer: peer).description
    }

    @Test(
        "X-Forwarded-For: the last address that is no proxy's",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("198.51.100.9, 192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, 10.0.0.2,10.9.9.9", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"), ("[2001:db8::1]:80", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("nonsense, 192.0.2.1", "192.0.2.1"), ("10.0.0.7, 10.0.0.8", "10.0.0.7"),
            // The header cannot be read: the caller is the proxy's own address.
            ("", proxy), ("192.0.2.1,", proxy), ("192.0.2.1, unknown", proxy), ("192.0.2.1 198.51.100.1", proxy),
            ("192.0.2.256", proxy), ("192.0.2.1:x", proxy), ("[2001:db8::1", proxy), ("2001:db8::1%eth0", proxy),
        ])
    func older(value: String, expected: String) throws {
        #expect(try caller([("X-Forwarded-For", value)]) == expected)
    }

    @Test("X-Forwarded-For in several lines is one list")
    func lines() throws {
        let lines = [("X-Forwarded-For", "198.51.100.9"), ("x-forwarded-for", "192.0.2.1, 10.0.0.2")]
        #expect(try caller(lines) == "192.0.2.1")
    }

    @Test(
        "Forwarded: the same, from its own syntax",
        arguments: [
            ("for=192.0.2.1", "192.0.2.1"), ("For=\"192.0.2.1:4711\"; proto=https;by=10.0.0.1", "192.0.2.1"),
            ("proto=http;for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=198.51.100.9, for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
            ("for=\"a,b;for=1\", for=192.0.2.1", "192.0.2.1"), (", for=192.0.2.1", "192.0.2.1"),
            // The header cannot be read: the caller is the proxy's own address.
            ("for=unknown", proxy), ("for=_hidden", proxy), ("by=192.0.2.1", proxy), ("", proxy),
            ("for=192.0.2.1;for=192.0.2.2", proxy), ("for=\"192.0.2.1", proxy), ("for=192.0.2.1,", proxy),
            ("for=\"\\1.2.3.4\"", proxy), ("for=198.51.100.9;by=\", for=192.0.2.1", proxy),
            ("for=198.51.100.9;by=\u{600}, for=192.0.2.1", proxy),
        ])
    func standard(value: String, expected: String) throws {
        #expect(try caller([("Forwarded", value)]) == expected)
    }

    @Test("A header from anybody else is ignored, and so are two that disagree")
    func untrusted() throws {
        #expect(try caller([("X-Forwarded-For", "192.0.2.1")], peer: "192.0.2.66") == "192.0.2.66")
        #expect(try caller([("Forwarded", "for=192.0.2.1")], peer: "192.0.2.66") == "192.0.2.66")
        let both = [("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=192.0.2.1")]
        #expect(try caller(both) == "192.0.2.1")
        let other = [("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=198.51.100.1")]
        #expect(try caller(other) == Self.proxy)
        #expect(try caller([]) == Self.proxy)
    }

    @Test("Proxies that call over IPv6 are known by their range")
    func version6() throws {
        #expect(try caller([("X-Forwarded-For", "192.0.2.1")], peer: "2001:db8:ffff::1") == "192.0.2.1")
    }

    @Test("An address that a caller writes before the proxy's own is never taken for the caller", arguments: 1...4)
    func forged(seed: UInt64) throws {
        let pieces = [
            "\"", "\\", ",", ";", "=", "for=", "by=", " ", "1.2.3.4", "[::2]", ":80", "10.0.0.3", "unknown", "x",
        ]
        var state = seed
        for _ in 0..<5_000 {
            var text = ""
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int((state >> 33) % UInt64(pieces.count))]
            }
            let older = try caller([("X-Forwarded-For", text + ", 192.0.2.7")])
            #expect(["192.0.2.7", Self.proxy].contains(older), "\(text)")
            let standard = try caller([("Forwarded", text + ", for=192.0.2.7")])
            #expect(["192.0.2.7", Self.proxy].contains(standard), "\(text)")
        }
    }
}
