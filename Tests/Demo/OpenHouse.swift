import Dispatch
import Glibc
import ServerRig

/// Keeps the demo's servers up for visitors. anna and the phones answer every message.
struct OpenHouse {
    let world: Deployment
    let anna: IRCUser

    /// Prints how to log in, and keeps answering until Ctrl-C.
    func stayOpen() async throws {
        let guest = try await world.home.addAccount("guest")
        invite(guest)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.interrupted() }
            group.addTask { try await answerOnIRC() }
            group.addTask { try await answerOnPhones() }
            defer { group.cancelAll() }
            try await group.next()
        }
        Screen.show("\nClosing.")
    }

    private func invite(_ guest: XMPPAccount) {
        Screen.show(
            """

            Now it is your turn. Log in with your own XMPP client:
                JID       \(guest.jid)          password  \(guest.password)
                server    127.0.0.1, port \(guest.port)  (its certificate signs itself; plain text is allowed too)
            Join the room           #harbour%village@\(world.irc)
            Write to anna           \(anna.nick)%village@\(world.irc)
            Register a number at    \(world.sms), such as +12025550101
            and then write an SMS   \(Conversation.phone)@\(world.sms)
            An IRC client finds the channel #harbour at 127.0.0.1, port \((try? world.server(.ngircd).port) ?? 0).
            Martlet's configuration \(world.martlet.configuration)
                      and its log   \(world.martlet.daemon.output)
            Ctrl-C ends everything and removes the folder.

            """)
    }

    private func answerOnIRC() async throws {
        while true {
            let line = try await anna.expect("somebody to say something", within: .seconds(86_400)) {
                $0.command == "PRIVMSG" || $0.command == "JOIN"
            }
            Screen.show("anna    (IRC) sees    \(line.source): \(line.command == "JOIN" ? "joins" : line.last)")
            let isPrivate = line[0] == anna.nick
            switch line.command {
            case "JOIN": try anna.say("Welcome, \(line.source)!", to: line.last)
            default: try anna.say("\(line.source): I hear you.", to: isPrivate ? line.source : line[0])
            }
        }
    }

    private func answerOnPhones() async throws {
        let phones = try world.phoneSide.phones
        while true {
            let message = try await phones.messages.first("an SMS", within: .seconds(86_400)) { _ in true }
            Screen.show("the phone     sees    SMS from \(message.from): \(message.text)")
            try phones.send("Thank you for your \(message.text.count) characters.", from: message.to, to: message.from)
        }
    }

    private static func interrupted() async {
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number)
        }
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            for source in signals {
                source.setEventHandler { once.run() }
                source.resume()
            }
        }
        for source in signals { source.cancel() }
    }
}
