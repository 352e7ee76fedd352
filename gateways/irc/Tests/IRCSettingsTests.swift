import Basics
import GatewayKit
import Networking
import Testing

@testable import IRCAdapter

struct IRCSettingsTests {
    private let libera: TestNode = [
        "addresses": ["irc.libera.chat:6697"], "channel-types": "#", "nick-length": "16", "flood": ["burst": "5"],
    ]

    @Test("A network needs only an address; by default it is encrypted, verified and public")
    func defaults() throws {
        let network = try readNetwork(["address": "irc.example.org"])
        #expect(network.addresses == [Endpoint(host: "irc.example.org", port: 6697)])
        #expect(network.tls == .tls(TLSSettings()))
        #expect(network.policy == .publicOnly)
        #expect(network.flood == FloodLimit(burst: 10, perSecond: 1))
        #expect(network.reconnects == ReconnectRate(burst: 50, perSecond: 20))
        #expect(network.channelTypes == "#&+")
    }

    @Test("Every key is read")
    func everyKey() throws {
        let network = try readNetwork([
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

    @Test("The encoding is read, and used for writing if that is asked for")
    func encodings() throws {
        #expect(try readNetwork(["address": "a.b"]).encoding == .windows1252)
        let both = try readNetwork(["address": "a.b", "encoding": "koi8-r", "encoding-out": "same"])
        #expect(both.encoding.name == "koi8-r" && both.outgoingEncoding == both.encoding)
        #expect(try readNetwork(["address": "a.b", "encoding": "koi8-r"]).outgoingEncoding == nil)
        let reading = TestNode.map([("networks", .map([("libera", ["address": "a.b", "encoding": "utf-16"])]))]).read()
        #expect(reading.settings == nil)
    }

    @Test("Certificates are checked as configured")
    func certificates() throws {
        let pin = SettingsMistakeTests.pin
        let pins = TLSSettings.Verify.pinned([pin.lowercased()])
        #expect(try readNetwork(["address": "a.b", "verify": "none"]).tls == .tls(TLSSettings(verify: .none)))
        let plain = try readNetwork(["address": "a.b", "tls": "off", "pin": .scalar(pin)])
        #expect(plain.tls == .plain && plain.demanded == TLSSettings(verify: pins))
        let pinned = try readNetwork(["address": "a.b", "pin": .scalar(pin)])
        #expect(pinned.tls == .tls(TLSSettings(verify: pins)))
        #expect(try readNetwork(["address": "a.b", "pin": [.scalar(pin)]]).tls == .tls(TLSSettings(verify: pins)))
        #expect(try readNetwork(["address": "a.b", "tls": "off"]).tls == .plain)
        #expect(try readNetwork(["address": "a.b", "tls": "off"]).addresses.first?.port == 6667)
    }

    @Test("The login is required, and NickServ is the account service, unless the configuration says otherwise")
    func login() throws {
        let usual = try readNetwork(["address": "a.b"])
        #expect(usual.requiresLogin)
        #expect(usual.service == AccountService())
        let other = try readNetwork([
            "address": "a.b", "sasl": "optional",
            "nickserv": ["nick": "Q@CServe.test", "host": "CServe.test", "command": "AUTH {account} {password}"],
        ])
        #expect(!other.requiresLogin)
        #expect(
            other.service
                == AccountService(target: "Q@CServe.test", host: "CServe.test", command: "AUTH {account} {password}"))
        #expect(try readNetwork(["address": "a.b", "nickserv": "off"]).service == nil)
        #expect(
            try readNetwork(["nickserv": ["host": "x"]], profile: ["address": "a.b", "nickserv": "off"]).service != nil)
    }

    @Test("A shipped network fills in the keys that are not set")
    func profile() throws {
        let plain = try readNetwork([:], profile: libera)
        #expect(plain.addresses.first?.host == "irc.libera.chat")
        #expect(plain.nickLength == 16)
        let own = try readNetwork(
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
}
