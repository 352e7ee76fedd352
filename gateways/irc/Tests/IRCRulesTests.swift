import GatewayKit
import Testing

@testable import IRCAdapter

struct IRCRulesTests {
    private func rules(other: String = "refuse") throws -> IRCRules {
        let networks: TestNode = [
            "libera": ["addresses": ["irc.libera.chat:6697", "IRC.eu.libera.chat"], "channel-types": "#"],
            "office": ["address": "irc.office.example"],
        ]
        let reading = TestNode.map([("networks", networks), ("other-servers", .scalar(other))]).read()
        return IRCRules(try #require(reading.settings))
    }

    private func room(_ network: String, _ name: String) -> Address {
        .room(RoomAddress(network: NetworkID(network), name: name))
    }

    private func peer(_ network: String, _ name: String) -> Address {
        .peer(PeerAddress(network: NetworkID(network), name: name))
    }

    @Test("Addresses have the form that other gateways use")
    func reads() throws {
        let rules = try rules()
        let samples: [(String, Address)] = [
            ("#swift%libera", room("libera", "#swift")), ("#Swift%irc.libera.chat", room("libera", "#swift")),
            ("#swift%IRC.EU.Libera.Chat", room("libera", "#swift")), ("anna%office", peer("office", "anna")),
            ("&local%office", room("office", "&local")), ("libera", .network(NetworkID("libera"))),
            ("irc.office.example", .network(NetworkID("office"))), ("#50%25%libera", room("libera", "#50%")),
            ("#a%b%libera", room("libera", "#a%b")), ("#a%2525%libera", room("libera", "#a%25")),
            ("[x]`^%libera", peer("libera", "[x]`^")), ("#é🙂%libera", room("libera", "#é🙂")),
        ]
        for (text, address) in samples { #expect(try rules.address(localpart: text) == address, "\(text)") }
    }

    @Test("Every address is written and read back the same")
    func roundTrip() throws {
        let rules = try rules(other: "allow")
        for name in ["#a", "#%", "#%25", "#%%2525%", "#a%libera", "##", "anna", "a%b", "żółw", "#a/b@c"] {
            for network in ["libera", "irc.elsewhere.example"] {
                let address = name.hasPrefix("#") ? room(network, name) : peer(network, name)
                #expect(try rules.address(localpart: rules.localpart(of: address)) == address, "\(name)")
            }
        }
        #expect(rules.localpart(of: room("libera", "#50%")) == "#50%25%libera")
    }

    @Test(
        "A text that is no address is refused with an explanation",
        arguments: [
            "", "%", "#a%", "a%", "%libera", "#a b%libera", "a,b%libera", "a!b%libera", "#a\r\nQUIT%libera",
            "+x%libera", "$x%libera", "a*%libera", "#a", "anna", "elsewhere.example",
        ])
    func malformed(_ text: String) throws {
        let rules = try rules()
        do throws(AddressError) {
            let address = try rules.address(localpart: text)
            Issue.record("\(text) became \(address)")
        } catch {
            #expect(error.kind == .malformed)
            #expect(!error.text.isEmpty)
            if let suggestion = error.suggestion {
                #expect(throws: Never.self) { try rules.address(localpart: suggestion) }
            }
        }
    }

    @Test("An unknown network is refused with the names of those that are served, or taken for a host")
    func unknownNetwork() throws {
        let closed = try rules()
        do throws(AddressError) {
            _ = try closed.address(localpart: "#a%irc.elsewhere.example")
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .unknownNetwork)
            #expect(error.text.contains("libera, office"))
        }
        let open = try rules(other: "allow")
        #expect(try open.address(localpart: "#a%Irc.elsewhere.example") == room("irc.elsewhere.example", "#a"))
        #expect(throws: AddressError.self) { try open.address(localpart: "#a%[::1]") }
        #expect(throws: AddressError.self) { try open.address(localpart: "#a%a b") }
    }

    @Test("For an address without its network, the complete one is suggested")
    func suggestion() throws {
        let rules = try rules()
        do throws(AddressError) {
            _ = try rules.address(localpart: "#Swift")
        } catch {
            #expect(error.suggestion == "#swift%libera")
        }
    }

    @Test("A typed address is trimmed, lower-cased, and completed if there is only one network")
    func normalize() throws {
        let several = try rules()
        #expect(try several.normalize("  #Swift%Libera \n") == room("libera", "#swift"))
        #expect(try several.normalize(" Office ") == .network(NetworkID("office")))
        #expect(throws: AddressError.self) { try several.normalize("#swift") }
        let reading = TestNode.map([("networks", ["one": ["address": "irc.one.example"]])]).read()
        let single = IRCRules(try #require(reading.settings))
        #expect(try single.normalize("#Swift") == room("one", "#swift"))
        #expect(try single.normalize("Anna ") == peer("one", "anna"))
        #expect(throws: AddressError.self) { try single.normalize("a b") }
        #expect(throws: AddressError.self) { try single.normalize("") }
    }

    @Test("With one network fixed, addresses have no network, and a % means nothing")
    func fixedNetwork() throws {
        let reading = TestNode.map([
            ("networks", ["libera": ["address": "irc.libera.chat"]]), ("fixed-network", "libera"),
        ]).read()
        let rules = IRCRules(try #require(reading.settings))
        let samples: [(String, Address)] = [
            ("", .network(NetworkID("libera"))), ("#Swift", room("libera", "#swift")), ("Anna", peer("libera", "anna")),
            ("#50%", room("libera", "#50%")), ("#a%25", room("libera", "#a%25")),
            ("#a%libera", room("libera", "#a%libera")),
            ("libera", peer("libera", "libera")), ("irc.libera.chat", peer("libera", "irc.libera.chat")),
        ]
        for (text, address) in samples {
            #expect(try rules.address(localpart: text) == address, "\(text)")
            #expect(rules.localpart(of: address) == text.lowercased(), "\(text)")
        }
        #expect(try rules.normalize(" #Swift ") == room("libera", "#swift"))
        for text in ["%x", "a b", "a!b", "@x"] {
            #expect(throws: AddressError.self) { try rules.address(localpart: text) }
        }
        #expect(throws: AddressError.self) { try rules.normalize(" ") }
        #expect(rules.networks == [NetworkID("libera")])
    }

    @Test("Fields of the login form are trimmed; empty ones are left out; bad ones are refused with an explanation")
    func login() throws {
        let rules = try rules()
        #expect(
            try rules.check(login: ["nick": " Anna ", "realname": "Anna A", "username": "", "sasl_password": " p w "])
                == ["nick": "Anna", "realname": "Anna A", "sasl_password": " p w "])
        #expect(throws: Failure.self) { try rules.check(login: ["nick": "an na"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["username": "a b"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["realname": "a\r\nQUIT"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["pass": "a\nb"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["sasl_account": "an na"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["sasl_mechanism": "TELEPATHY"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["after_connect_commands": "QUIT"]) }
        #expect(throws: Failure.self) { try rules.check(login: ["password": "x"]) }
        let commands = "MODE a +x\nPRIVMSG Q :hi"
        #expect(
            try rules.check(login: ["after_connect_commands": commands]) == ["after_connect_commands": commands])
    }

    @Test("User names are made of the nick if none is set")
    func userNames() {
        #expect(UserName.choose("anna", nick: "x").text == "anna")
        #expect(UserName.choose("a b", nick: "Bob[1]").text == "bob1")
        #expect(UserName.choose(nil, nick: "żż").text == "guest")
    }
}
