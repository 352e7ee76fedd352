import ServerRig
import Testing

/// A user of Martlet who has an account on the network with account services, and a channel there that admits only
/// users who are logged in.
struct AccountHolder {
    static let password = "open-sesame-42"

    let deployment: Deployment
    let alice: XMPPUser
    /// The owner of the account, on IRC and logged in.
    let owner: IRCUser
    /// The operator of the channel.
    let anna: IRCUser
    let channel: String

    /// The name of the account.
    var account: String { owner.nick }
    var room: String { deployment.address(channel, on: .inspircd) }
    /// The network's address.
    var network: String { "inspircd@\(deployment.irc)" }

    static func begin(in deployment: Deployment) async throws -> AccountHolder {
        let owner = try await deployment.ircUser("holder", on: .inspircd)
        try owner.send("PRIVMSG NickServ :REGISTER \(password) \(owner.nick)@example.org")
        try await owner.expect("to be registered") { $0.command == "900" }
        let channel = deployment.unique("#members")
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        try await anna.join(channel)
        try await anna.ask("MODE \(channel) +R", answer: "MODE")
        let alice = try await deployment.user("alice")
        return AccountHolder(
            deployment: deployment, alice: alice, owner: owner, anna: anna, channel: channel)
    }

    /// Saves settings for the network.
    func set(_ settings: [String: String]) async throws {
        let answer = try await alice.register(with: network, form: settings)
        #expect(answer.type == "result")
    }

    /// The values of a field that the form of the network shows.
    func values(of field: String) async throws -> [String] {
        let answer = try await alice.query("get", to: network, "<query xmlns='jabber:iq:register'/>")
        let fields = answer.child("query")?.child("x")?.all("field") ?? []
        return fields.first { $0.attributes["var"] == field }?.all("value").map(\.text) ?? ["(no such field)"]
    }

    /// Sends a command to NickServ in the name of the account's owner.
    func order(_ command: String, answer: String) async throws {
        try owner.send("PRIVMSG NickServ :" + command)
        try await owner.expect("NickServ to answer \(command)") { $0.command == "NOTICE" && $0.last.contains(answer) }
    }

    /// Asks to enter the channel and returns the refusal.
    func refusal() async throws -> XMLNode {
        try alice.askToJoin(room, as: alice.account.name)
        return try await alice.expect("a refusal", within: .patience) { $0.type == "error" && $0.isFrom(room: room) }
    }

    /// Enters the channel, and checks that the network knows alice by the account.
    func enterAsMember() async throws {
        try alice.askToJoin(room, as: alice.account.name)
        _ = try await alice.expectEntry(to: room, within: .patience)
        try anna.send("WHOIS \(alice.account.name)")
        let line = try await anna.expect("alice's account") { $0.command == "330" || $0.command == "318" }
        #expect(line.command == "330" && line[2] == account)
        try alice.say("let me in", in: room)
        try await anna.expectMessage("let me in", from: alice.account.name, to: channel)
    }

    func end() async throws {
        anna.disconnect()
        owner.disconnect()
        try await alice.disconnect()
    }
}
