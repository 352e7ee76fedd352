import Basics
import GatewayKit
import Networking
import Testing

@testable import IRCAdapter

/// Mistakes in the section of the configuration.
struct SettingsMistakeTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let key: String
        let word: String
        let make: @Sendable () -> TestNode
        var testDescription: String { "\(key): \(word)" }

        init(_ key: String, _ word: String, _ make: @escaping @Sendable () -> TestNode) {
            self.key = key
            self.word = word
            self.make = make
        }
    }

    /// A value with the form of the SHA-256 of a public key.
    static let pin = String(repeating: "aB", count: 32)

    private static func one(_ entries: TestNode) -> TestNode { .map([("networks", .map([("n", entries)]))]) }

    static let mistakes: [Mistake] = [
        Mistake("irc.networks", "at least one") { [:] },
        Mistake("irc.networks", "at least one") { ["networks": [:]] },
        Mistake("irc.other-servers", "not one of") {
            ["networks": ["n": ["address": "a.b"]], "other-servers": "maybe"]
        },
        Mistake("irc.network", "unknown key") { ["networks": ["n": ["address": "a.b"]], "network": "x"] },
        Mistake("irc.networks.Big", "lower-case") { ["networks": ["Big": ["address": "a.b"]]] },
        Mistake("irc.networks.a%b", "lower-case") { ["networks": ["a%b": ["address": "a.b"]]] },
        Mistake("irc.networks.n.address", "required") { one([:]) },
        Mistake("irc.networks.n.address", "host:port") { one(["address": "a b:1"]) },
        Mistake("irc.networks.n.address", "host:port") { one(["address": "a.b:70000"]) },
        Mistake("irc.networks.n.addresses", "at least one") { one(["addresses": []]) },
        Mistake("irc.networks.n.address", "either") { one(["address": "a.b", "addresses": ["c.d"]]) },
        Mistake("irc.networks.n.address", "private-addresses") { one(["address": "127.0.0.1:6697"]) },
        Mistake("irc.networks.n.address", "private-addresses") { one(["address": "localhost"]) },
        Mistake("irc.networks.n.addresses", "private-addresses") { one(["addresses": ["a.b", "192.168.1.1"]]) },
        Mistake("irc.networks.n.tls", "not one of") { one(["address": "a.b", "tls": "yes"]) },
        Mistake("irc.networks.n.verify", "Remove one") { one(["address": "a.b", "verify": "none", "ca-file": "/x"]) },
        Mistake("irc.networks.n.verify", "Remove one") {
            one(["address": "a.b", "verify": "none", "pin": .scalar(pin)])
        },
        Mistake("irc.networks.n.pin", "SHA-256") { one(["address": "a.b", "pin": "abc"]) },
        Mistake("irc.networks.n.source-address", "not an IPv4") { one(["address": "a.b", "source-address": "eth0"]) },
        Mistake("irc.networks.n.source-address", "at most one") {
            one(["address": "a.b", "source-address": ["192.0.2.1", "192.0.2.2"]])
        },
        Mistake("irc.networks.n.source-address", "contradicts") {
            one(["address": "a.b", "source-address": "2001:db8::1", "source-prefix": "2001:db8::/64"])
        },
        Mistake("irc.networks.n.source-prefix", "32 to 112") {
            one(["address": "a.b", "source-prefix": "192.0.2.0/24"])
        },
        Mistake("irc.networks.n.source-prefix", "32 to 112") {
            one(["address": "a.b", "source-prefix": "2001:db8::/120"])
        },
        Mistake("irc.networks.n.proxy", "socks5://") { one(["address": "a.b", "proxy": "http://p:1"]) },
        Mistake("irc.networks.n.proxy", "socks5://") { one(["address": "a.b", "proxy": "socks5://u:p@h:1"]) },
        Mistake("irc.networks.n.proxy", "proxy-password") {
            one(["address": "a.b", "proxy": "socks5://h", "proxy-user": ["env": "PW"]])
        },
        Mistake("irc.networks.n.proxy", "contradicts") {
            one(["address": "a.b", "proxy": "socks5://h", "source-address": "192.0.2.1"])
        },
        Mistake("irc.networks.n.proxy-user", "without proxy") {
            one(["address": "a.b", "proxy-user": ["env": "PW"]])
        },
        Mistake("irc.networks.n.webirc.password", "required") {
            one(["address": "a.b", "webirc": ["address": "192.0.2.1"]])
        },
        Mistake("irc.networks.n.webirc.address", "required") {
            one(["address": "a.b", "webirc": ["password": ["env": "PW"]]])
        },
        Mistake("irc.networks.n.webirc.address", "not an address") {
            one(["address": "a.b", "webirc": ["password": ["env": "PW"], "address": "x"]])
        },
        Mistake("irc.networks.n.webirc.host", "not a domain") {
            one(["address": "a.b", "webirc": ["password": ["env": "PW"], "address": "::1", "host": "a b.c"]])
        },
        Mistake("irc.networks.n.webirc.port", "unknown key") {
            one(["address": "a.b", "webirc": ["password": ["env": "PW"], "address": "::1", "port": "1"]])
        },
        Mistake("irc.identd.listen", "required") { ["networks": ["n": ["address": "a.b"]], "identd": [:]] },
        Mistake("irc.identd.listen", "IP address") {
            ["networks": ["n": ["address": "a.b"]], "identd": ["listen": "host.example:113"]]
        },
        Mistake("irc.identd.answer", "not one of") {
            ["networks": ["n": ["address": "a.b"]], "identd": ["listen": "0.0.0.0", "answer": "jid"]]
        },
        Mistake("irc.fixed-network", "not the name") {
            ["networks": ["n": ["address": "a.b"]], "fixed-network": "m"]
        },
        Mistake("irc.fixed-network", "leave one") {
            ["networks": ["n": ["address": "a.b"], "m": ["address": "c.d"]], "fixed-network": "n"]
        },
        Mistake("irc.fixed-network", "leave one") {
            ["networks": ["n": ["address": "a.b"]], "fixed-network": "n", "other-servers": "allow"]
        },
        Mistake("irc.networks.n.nick-length", "whole number") { one(["address": "a.b", "nick-length": "0"]) },
        Mistake("irc.networks.n.channel-types", "made of") { one(["address": "a.b", "channel-types": "#x"]) },
        Mistake("irc.networks.n.flood.burst", "whole number") { one(["address": "a.b", "flood": ["burst": "0"]]) },
        Mistake("irc.networks.n.reconnects.per-second", "number") {
            one(["address": "a.b", "reconnects": ["per-second": "-1"]])
        },
        Mistake("irc.networks.n.flood.rate", "unknown key") { one(["address": "a.b", "flood": ["rate": "1"]]) },
        Mistake("irc.networks.n.sasl", "not one of") { one(["address": "a.b", "sasl": "yes"]) },
        Mistake("irc.networks.n.sasl-required", "unknown key") { one(["address": "a.b", "sasl-required": "yes"]) },
        Mistake("irc.networks.n.nickserv", "neither off") { one(["address": "a.b", "nickserv": "no"]) },
        Mistake("irc.networks.n.nickserv.nick", "no nick") { one(["address": "a.b", "nickserv": ["nick": "a b"]]) },
        Mistake("irc.networks.n.nickserv.command", "{password}") {
            one(["address": "a.b", "nickserv": ["command": "IDENTIFY"]])
        },
        Mistake("irc.networks.n.nickserv.name", "unknown key") { one(["address": "a.b", "nickserv": ["name": "x"]]) },
        Mistake("irc.networks.n.server-password", "NOPE") {
            one(["address": "a.b", "server-password": ["env": "NOPE"]])
        },
        Mistake("irc.networks.m", "belongs to") {
            ["networks": ["n": ["address": "a.b"], "m": ["address": "A.B:7000"]]]
        },
    ]

    @Test("A mistake is reported at its key, with a helpful text", arguments: mistakes)
    func reportsMistake(_ mistake: Mistake) throws {
        let reading = mistake.make().read()
        #expect(reading.settings == nil)
        let problem = try #require(reading.problems.first { $0.key == mistake.key })
        #expect(problem.text.contains(mistake.word))
        #expect(problem.place.file == "test.yaml")
    }

    @Test("Problems have the line of their key, and all are reported at once")
    func places() {
        let reading = TestNode.map([
            ("networks", ["n": ["address": "a.b", "tls": "no", "nick-lenght": "9"]]), ("other-servers", "x"),
        ]).read()
        // The lines are: networks 1, n 2, address 3, tls 4, nick-lenght 5, other-servers 6.
        #expect(Set(reading.problems.map(\.place.line)) == [4, 5, 6])
        #expect(reading.problems.contains { $0.text.contains("did you mean 'nick-length'") })
    }

    @Test("Several networks may have the address of this machine, as in tests")
    func sameLocalHost() throws {
        let reading = TestNode.map([
            (
                "networks",
                [
                    "a": ["address": "127.0.0.1:1", "private-addresses": "allow"],
                    "b": ["address": "127.0.0.1:2", "private-addresses": "allow"],
                ]
            )
        ]).read()
        #expect(reading.settings?.networks.map(\.id.rawValue) == ["a", "b"])
    }
}
