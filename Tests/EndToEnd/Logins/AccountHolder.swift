import ServerRig
import Testing

/// A user of Martlet who has an account on the network with account services, and a channel there that admits only
/// users who are logged in.
struct AccountHolder {
    static let password = "open-sesame-42"

    let deployment: Deployment
    let alice: XMPPUser
    /// The name of the account.
    let account: String
    /// The operator of the channel.
    let anna: IRCUser
    let channel: String

    var room: String { deployment.address(channel, on: .inspircd) }
    /// The network's address.
    var network: String { "inspircd@\(deployment.irc)" }

    static func begin(in deployment: Deployment) async throws -> AccountHolder {
        let owner = try await deployment.ircUser("holder", on: .inspircd)
        try owner.send("PRIVMSG NickServ :REGISTER \(password) \(owner.nick)@example.org")
        try await owner.expect("to be registered") { $0.command == "900" }
        owner.disconnect()
        let channel = deployment.unique("#members")
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        try await anna.join(channel)
        try await anna.ask("MODE \(channel) +R", answer: "MODE")
        let alice = try await deployment.user("alice")
        return AccountHolder(
            deployment: deployment, alice: alice, account: owner.nick, anna: anna, channel: channel)
    }

    /// Saves settings for the network.
    func set(_ settings: [String: String]) async throws {
        let answer = try await alice.register(with: network, form: settings)
        #expect(answer.type == "result")
    }

    /// Asks to enter the channel and returns the refusal.
    func refusal() async throws -> XMLNode {
        try alice.askToJoin(room, as: alice.account.name)
        return try await alice.expect("a refusal", within: .seconds(40)) { $0.type == "error" && $0.isFrom(room: room) }
    }

    /// Enters the channel, and checks that the network knows alice by the account.
    func enterAsMember() async throws {
        try alice.askToJoin(room, as: alice.account.name)
        _ = try await alice.expectEntry(to: room, within: .seconds(40))
        try anna.send("WHOIS \(alice.account.name)")
        let line = try await anna.expect("alice's account") { $0.command == "330" || $0.command == "318" }
        #expect(line.command == "330" && line[2] == account)
        try alice.say("let me in", in: room)
        try await anna.expectMessage("let me in", from: alice.account.name, to: channel)
    }

    func end() async throws {
        anna.disconnect()
        try await alice.disconnect()
    }
}
