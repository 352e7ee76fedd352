import ServerRig
import Synchronization

/// People on both sides who talk all the time: users of XMPP, each in a channel of each network, and two people on IRC
/// in each channel.
final class Company: Sendable {
    private struct State: Sendable {
        var users: [Int: XMPPUser] = [:]
        var talking: Set<Int> = []
        var persons: [Plan.Network: [IRCUser]] = [:]
    }

    static let channel = "#harbour"
    let world: Deployment
    let talk: Talk
    let views = RoomViews()
    private let accounts: [XMPPAccount]
    private let state = Mutex(State())

    init(_ count: Int, in world: Deployment, talk: Talk) async throws {
        self.world = world
        self.talk = talk
        var accounts: [XMPPAccount] = []
        for index in 0..<count { accounts.append(try await world.home.addAccount("user\(index)")) }
        self.accounts = accounts
    }

    func room(_ network: Plan.Network) -> String { world.address(Self.channel, on: network) }

    /// The nicks of all people who should be in a channel.
    var nicks: Set<String> { Set(accounts.map(\.name) + ["anna", "ben"]) }

    /// Connects the people on IRC of a network, again if necessary, and lets them enter the channel.
    func gather(on network: Plan.Network) async throws {
        var persons: [IRCUser] = []
        for (index, nick) in ["anna", "ben"].enumerated() {
            let person = try await IRCUser(nick, port: world.server(network).port, logs: world.folder.logs)
            let talk = talk
            person.lines.listen { talk.channelHas($0, isFirst: index == 0) }
            try await person.join(Self.channel)
            persons.append(person)
        }
        let gathered = persons
        state.withLock { $0.persons[network] = gathered }
    }

    func scatter(on network: Plan.Network) { state.withLock { $0.persons[network] = [] } }

    /// Logs in all users, again if necessary, and lets them enter the rooms. From then on each of them talks.
    func enter() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in accounts.indices { group.addTask { try await self.enter(index) } }
            try await group.waitForAll()
        }
    }

    private func enter(_ index: Int) async throws {
        let user = XMPPUser(accounts[index], resource: "desk", driver: world.driver)
        let (talk, views) = (talk, views)
        user.stanzas.listen { stanza in
            talk.user(index, has: stanza)
            views.user(index, has: stanza)
        }
        user.whenOffline { [weak self] in
            views.forget(index)
            self?.state.withLock { _ = $0.talking.remove(index) }
        }
        try await user.connect()
        for network in world.plan.networks { try user.askToJoin(room(network), as: accounts[index].name) }
        for network in world.plan.networks {
            try await poll("\(user.jid) to be in \(room(network))", within: .seconds(60)) {
                views.occupants(of: room(network), seenBy: index) == nil ? nil : ()
            }
        }
        state.withLock { state in
            state.users[index] = user
            state.talking.insert(index)
        }
    }

    /// Lets all users enter the room of a network again, from which they have been told that they are out.
    func enter(again network: Plan.Network) async throws {
        for (index, user) in state.withLock({ $0.users }) {
            try user.askToJoin(room(network), as: accounts[index].name)
        }
        try await poll("all users to be in \(room(network)) again", within: .seconds(60)) {
            accounts.indices.allSatisfy { views.occupants(of: room(network), seenBy: $0) != nil } ? () : nil
        }
    }

    /// Whether a user has been let into the room of a network, and has not been told that this is over.
    func isAnybodyIn(_ network: Plan.Network) -> Bool {
        accounts.indices.contains { views.occupants(of: room(network), seenBy: $0) != nil }
    }

    /// Returns when each user has said something in each room and has seen it there: nobody is in a room that is of no
    /// use.
    func awaitUse(within limit: Duration = .seconds(30)) async throws {
        var numbers: [Int] = []
        for user in state.withLock({ Array($0.users.values) }) {
            for network in world.plan.networks { numbers.append(try say(in: network, as: user)) }
        }
        let said = numbers
        try await poll("every user to be heard in every room", within: limit) {
            let outbound = talk.now.outbound
            return said.allSatisfy { outbound[$0].isShown } ? () : nil
        }
    }

    /// Says a sentence, and returns the number of the message.
    private func say(in network: Plan.Network, as user: XMPPUser) throws -> Int {
        let message = talk.newOutbound(on: network)
        let body = "<body>\(message.text)</body>"
        try user.send("<message type='groupchat' to='\(room(network))' id='\(message.id)'>\(body)</message>")
        return message.number
    }

    var isAnybodyTalking: Bool { state.withLock { !$0.talking.isEmpty } }

    /// Lets one user say a sentence.
    func say(_ beat: Int) {
        let networks = world.plan.networks
        let (index, network) = (beat % accounts.count, networks[beat / accounts.count % networks.count])
        guard let user = state.withLock({ $0.talking.contains(index) ? $0.users[index] : nil }) else { return }
        _ = try? say(in: network, as: user)
    }

    /// Lets one person on each network say a sentence.
    func call(_ beat: Int) {
        for (network, persons) in state.withLock({ $0.persons }) where !persons.isEmpty {
            try? persons[beat % persons.count].say(talk.newInbound(on: network), to: Self.channel)
        }
    }

    /// The members of the channel, by the nicks that the IRC server reports.
    func members(on network: Plan.Network) async throws -> Set<String> {
        guard let anna = state.withLock({ $0.persons[network]?.first }) else { return [] }
        anna.lines.clear()
        try anna.send("NAMES \(Self.channel)")
        try await anna.expect("the end of the names") { $0.command == "366" }
        let names = anna.lines.present { $0.command == "353" }.flatMap { $0.last.split(separator: " ") }
        return Set(names.map { String($0.drop { "~&@%+".contains($0) }) })
    }

    /// Returns when both sides see exactly the people who should be there. Otherwise fails with the surplus or missing
    /// ones.
    func awaitWhole(within limit: Duration = .seconds(60)) async throws {
        for network in world.plan.networks {
            try await poll("nobody missing and nobody too many on \(network)", within: limit, every: .milliseconds(50))
            {
                try await difference(on: network) == nil ? () : nil
            }
        }
        for user in state.withLock({ Array($0.users.values) }) { user.stanzas.clear() }
    }

    /// The difference between the people who should be there and those who are, in words; nil if there is none.
    func difference(on network: Plan.Network) async throws -> String? {
        let members = try await members(on: network)
        if members != nicks { return "the channel has \(members.sorted())" }
        for index in accounts.indices {
            let seen = views.occupants(of: room(network), seenBy: index)
            if seen != nicks { return "\(accounts[index].name) sees \(seen?.sorted() ?? [])" }
        }
        return nil
    }

    /// Lets all users leave.
    func leave() async throws {
        let users = state.withLock { state in
            defer { state.talking = [] }
            return state.users
        }
        for user in users.values { try await user.disconnect() }
    }

    func stopTalking() { state.withLock { $0.talking = [] } }

    /// Returns when everything that was sent before has been handled.
    func fence() async throws {
        for user in state.withLock({ Array($0.users.values) }) { try await user.fence(world.irc) }
    }
}
