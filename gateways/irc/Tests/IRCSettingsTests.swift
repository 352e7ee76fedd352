import Basics
import GatewayKit
import Networking
import Testing

@testable import IRCAdapter

struct IRCSettingsTests {
    private let libera: TestNode = [
        "addresses": ["irc.libera.chat:6697"], "channel-types": "#", "nick-length": "16", "flood": ["burst": "5"],
    ]

    private func network(_ settings: TestNode, profile: TestNode? = nil) throws -> IRCNetwork {
        let reading = TestNode.map([("networks", .map([("libera", settings)]))])
            .read(profiles: profile.map { ["libera": $0] } ?? [:])
        #expect(reading.problems == [])
        return try #require(reading.settings?.network(named: "libera"))
    }

    @Test("A network needs only an address; by default it is encrypted, verified and public")
    func defaults() throws {
        let network = try network(["address": "irc.example.org"])
        #expect(network.addresses == [Endpoint(host: "irc.example.org", port: 6697)])
        #expect(network.tls == .tls(TLSSettings()))
        #expect(network.policy == .publicOnly)
        #expect(network.flood == FloodLimit(burst: 10, perSecond: 1))
        #expect(network.reconnects == ReconnectRate(burst: 50, perSecond: 20))
        #expect(network.channelTypes == "#&")
    }

    @Test("Every key is read")
    func everyKey() throws {
        let network = try network([
            "addresses": ["127.0.0.1:6668", "[::1]:6669"], "tls": "required", "ca-file": "/etc/ca.pem",
            "private-addresses": "allow", "server-password": ["env": "PW"], "nick-length": "9", "channel-types": "#+",
            "flood": ["burst": "3", "per-second": "0"], "reconnects": ["burst": "9", "per-second": "0.5"],
        ])
        #expect(network.addresses == [Endpoint(host: "127.0.0.1", port: 6668), Endpoint(host: "::1", port: 6669)])
        #expect(network.tls == .tls(TLSSettings(trustRoots: .file("/etc/ca.pem"))))
        #expect(network.policy == .anywhere)
        #expect(network.password?.reveal() == "hush")
        #expect(network.nickLength == 9)
        #expect(network.channelTypes == "#+")
        #expect(network.flood == FloodLimit(burst: 3, perSecond: 0))
        #expect(network.reconnects == ReconnectRate(burst: 9, perSecond: 0.5))
    }

    @Test("The route is read: source addresses, a prefix, a proxy with its login")
    func route() throws {
        let plain = try network(["address": "a.b"]).route
        #expect(plain.addresses == [])
        #expect(plain.prefix == nil && plain.proxy == nil)
        #expect(try network(["address": "a.b", "source-address": "192.0.2.1"]).route.addresses == [ip("192.0.2.1")])
        let both = try network(["address": "a.b", "source-address": ["192.0.2.1", "2001:db8::1"]]).route
        #expect(try both.addresses == [ip("192.0.2.1"), ip("2001:db8::1")])
        let ranged = try network([
            "address": "a.b", "source-address": "192.0.2.1", "source-prefix": "2001:db8:1:2::/64",
        ]).route
        #expect(ranged.prefix == AddressRange("2001:db8:1:2::/64"))
        let proxied = try network([
            "address": "a.b", "proxy": "socks5://127.0.0.1:9050", "proxy-user": ["env": "PW"],
            "proxy-password": ["env": "PW"],
        ]).route
        #expect(
            proxied.proxy
                == SOCKSProxy(
                    Endpoint(host: "127.0.0.1", port: 9050),
                    login: SOCKSProxy.Login(name: Secret("hush"), password: Secret("hush"))))
        let usual = try network(["address": "a.b", "proxy": "socks5://proxy.example"]).route
        #expect(usual.proxy == SOCKSProxy(Endpoint(host: "proxy.example", port: 1080)))
    }

    @Test("Each account has one address of the prefix, always the same, and others have others")
    func accountAddresses() throws {
        let prefix = try #require(AddressRange("2001:db8:1:2::/64"))
        let route = try network([
            "address": "a.b", "source-address": "192.0.2.1", "source-prefix": "2001:db8:1:2::/64",
        ]).route
        let hash = KeyedHash(key: Array(0..<32))
        func sources(_ user: String, _ network: String, _ hash: KeyedHash) -> [IPAddress] {
            route.dialRoute(
                for: AccountID(user: UserID(user), network: NetworkID(network)), hash: hash
            ).sources
        }
        let anna = sources("anna@example.org", "libera", hash)
        #expect(anna.count == 2)
        #expect(prefix.contains(anna[0]))
        #expect(try anna[1] == ip("192.0.2.1"))
        #expect(sources("anna@example.org", "libera", hash) == anna)
        let others = [
            sources("bob@example.org", "libera", hash), sources("anna@example.org", "oftc", hash),
            sources("anna@example.org", "libera", KeyedHash(key: Array(1..<33))),
        ]
        #expect(Set(others.map(\.[0]) + [anna[0]]).count == 4)
        let free = route.dialRoute(
            for: AccountID(user: UserID("anna@example.org"), network: NetworkID("libera")), hash: hash)
        #expect(free.freeSources == [anna[0]])
    }

    @Test("WEBIRC gives each account a stable address and host name")
    func webIRC() throws {
        let hash = KeyedHash(key: Array(0..<32))
        func line(_ webirc: TestNode, _ user: String = "anna@example.org") throws -> String? {
            let account = AccountID(user: UserID(user), network: NetworkID("libera"))
            return try network(["address": "a.b", "webirc": webirc]).webIRC?.line(for: account, hash: hash)?.text
        }
        #expect(
            try line(["password": ["env": "PW"], "address": "192.0.2.7"])
                == "WEBIRC hush martlet 192.0.2.7 :192.0.2.7")
        // A parameter cannot begin with a colon, so such an address gets a zero.
        #expect(
            try line(["password": ["env": "PW"], "address": "::7", "gateway": "gw"]) == "WEBIRC hush gw 0::7 :0::7")
        let ranged: TestNode = [
            "password": ["env": "PW"], "address": "2001:db8::/64", "host": "users.example.org",
        ]
        let anna = try #require(try line(ranged))
        #expect(try line(ranged) == anna)
        #expect(try line(ranged, "bob@example.org") != anna)
        let words = anna.split(separator: " ").map(String.init)
        #expect(words[3].hasSuffix(".users.example.org") && words[3].utf8.count == 16 + 18)
        let range = try #require(AddressRange("2001:db8::/64"))
        #expect(range.contains(String(words[4].dropFirst())))
        #expect(!anna.contains("anna"))
    }

    @Test("The ident server listens where the configuration says, and names owners by a hash unless told otherwise")
    func ident() throws {
        func read(_ identd: TestNode) -> IdentSettings? {
            TestNode.map([("networks", ["n": ["address": "a.b"]]), ("identd", identd)]).read().settings?.ident
        }
        #expect(read(["listen": "0.0.0.0:113"])?.listen == Endpoint(host: "0.0.0.0", port: 113))
        #expect(read(["listen": "[::]"])?.listen == Endpoint(host: "::", port: 113))
        #expect(read(["listen": "127.0.0.1:1113"])?.answer == .hash)
        #expect(read(["listen": "127.0.0.1:1113", "answer": "username"])?.answer == .username)
    }

    private func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test("The encoding is read, and used for writing if that is asked for")
    func encodings() throws {
        #expect(try network(["address": "a.b"]).encoding == .windows1252)
        let both = try network(["address": "a.b", "encoding": "koi8-r", "encoding-out": "same"])
        #expect(both.encoding.name == "koi8-r" && both.outgoingEncoding == both.encoding)
        #expect(try network(["address": "a.b", "encoding": "koi8-r"]).outgoingEncoding == nil)
        let reading = TestNode.map([("networks", .map([("libera", ["address": "a.b", "encoding": "utf-16"])]))]).read()
        #expect(reading.settings == nil)
    }

    @Test("Certificates are checked as configured")
    func certificates() throws {
        let pin = Self.pin
        #expect(try network(["address": "a.b", "verify": "none"]).tls == .tls(TLSSettings(verify: .none)))
        let plain = try network(["address": "a.b", "tls": "off", "pin": .scalar(pin)])
        #expect(plain.tls == .plain && plain.demanded == TLSSettings(verify: .pinned([pin])))
        #expect(try network(["address": "a.b", "pin": .scalar(pin)]).tls == .tls(TLSSettings(verify: .pinned([pin]))))
        #expect(
            try network(["address": "a.b", "pin": [.scalar(pin)]]).tls == .tls(TLSSettings(verify: .pinned([pin]))))
        #expect(try network(["address": "a.b", "tls": "off"]).tls == .plain)
        #expect(try network(["address": "a.b", "tls": "off"]).addresses.first?.port == 6667)
    }

    @Test("The login is required, and NickServ is the account service, unless the configuration says otherwise")
    func login() throws {
        let usual = try network(["address": "a.b"])
        #expect(usual.requiresLogin)
        #expect(usual.service == AccountService())
        let other = try network([
            "address": "a.b", "sasl": "optional",
            "nickserv": ["nick": "Q@CServe.test", "host": "CServe.test", "command": "AUTH {account} {password}"],
        ])
        #expect(!other.requiresLogin)
        #expect(
            other.service
                == AccountService(target: "Q@CServe.test", host: "CServe.test", command: "AUTH {account} {password}"))
        #expect(try network(["address": "a.b", "nickserv": "off"]).service == nil)
        #expect(
            try network(["nickserv": ["host": "x"]], profile: ["address": "a.b", "nickserv": "off"]).service != nil)
    }

    @Test("A shipped network fills in the keys that are not set")
    func profile() throws {
        let plain = try network([:], profile: libera)
        #expect(plain.addresses.first?.host == "irc.libera.chat")
        #expect(plain.nickLength == 16)
        let own = try network(
            ["address": "10.0.0.1:6697", "private-addresses": "allow", "flood": ["per-second": "2"]], profile: libera)
        #expect(own.addresses == [Endpoint(host: "10.0.0.1", port: 6697)])
        #expect(own.flood == FloodLimit(burst: 5, perSecond: 2))
        #expect(own.channelTypes == "#")
    }

    @Test("A server that a user names is encrypted, on the usual port, and at a public address")
    func other() throws {
        let reading = TestNode.map([("other-servers", "allow")]).read()
        let network = try #require(reading.settings).network(for: NetworkID("irc.elsewhere.example"))
        #expect(network.addresses == [Endpoint(host: "irc.elsewhere.example", port: 6697)])
        #expect(network.tls == .tls(TLSSettings()))
        #expect(network.policy == .publicOnly)
    }

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
    private static let pin = String(repeating: "aB", count: 32)

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
        Mistake("irc.networks.n.verify", "leave one") { one(["address": "a.b", "verify": "none", "ca-file": "/x"]) },
        Mistake("irc.networks.n.verify", "leave one") {
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
