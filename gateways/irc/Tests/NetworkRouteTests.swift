import Basics
import GatewayKit
import Networking
import Testing

@testable import IRCAdapter

/// Where connections come from, and what servers are told about users.
struct NetworkRouteTests {
    @Test("The route is read: source addresses, a prefix, a proxy with its login")
    func route() throws {
        let plain = try readNetwork(["address": "a.b"]).route
        #expect(plain.addresses == [])
        #expect(plain.prefix == nil && plain.proxy == nil)
        let single = try readNetwork(["address": "a.b", "source-address": "192.0.2.1"]).route
        #expect(try single.addresses == [ip("192.0.2.1")])
        let both = try readNetwork(["address": "a.b", "source-address": ["192.0.2.1", "2001:db8::1"]]).route
        #expect(try both.addresses == [ip("192.0.2.1"), ip("2001:db8::1")])
        let ranged = try readNetwork([
            "address": "a.b", "source-address": "192.0.2.1", "source-prefix": "2001:db8:1:2::/64",
        ]).route
        #expect(ranged.prefix == AddressRange("2001:db8:1:2::/64"))
        let proxied = try readNetwork([
            "address": "a.b", "proxy": "socks5://127.0.0.1:9050", "proxy-user": ["env": "PW"],
            "proxy-password": ["env": "PW"],
        ]).route
        #expect(
            proxied.proxy
                == SOCKSProxy(
                    Endpoint(host: "127.0.0.1", port: 9050),
                    login: SOCKSProxy.Login(name: Secret("hush"), password: Secret("hush"))))
        let usual = try readNetwork(["address": "a.b", "proxy": "socks5://proxy.example"]).route
        #expect(usual.proxy == SOCKSProxy(Endpoint(host: "proxy.example", port: 1080)))
    }

    @Test("Each account has one address of the prefix, always the same, and others have others")
    func accountAddresses() throws {
        let prefix = try #require(AddressRange("2001:db8:1:2::/64"))
        let route = try readNetwork([
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
            return try readNetwork(["address": "a.b", "webirc": webirc]).webIRC?.line(for: account, hash: hash)?.text
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
}
