/// The messages of the users, prepared once. Each message has a number, in its id and at the beginning of its body.
/// Sending a message writes only the eight digits of its number anew.
struct Texts {
    /// For each place of digits, the number of bytes from there to the end.
    private var backs: [Int] = []
    private var whole: [[UInt8]] = []

    /// `tail` has `########` in the places for digits.
    private init(_ users: Int, tail: String, head: (Int) -> String) {
        let bytes = Array(tail.utf8)
        var place = 0
        while place + 8 <= bytes.count {
            let isMark = bytes[place..<place + 8].allSatisfy { $0 == UInt8(ascii: "#") }
            if isMark { backs.append(bytes.count - place) }
            place += isMark ? 8 : 1
        }
        whole = (0..<users).map { Array(head($0).utf8) + bytes }
    }

    /// Appends a message of a user with that number in it.
    func append(_ user: Int, _ number: Int, to output: Bytes) {
        output.append(whole[user])
        for back in backs { output.patchEnd(back: back, number: number) }
    }

    static func toRoom(_ cast: Cast, host: String) -> Texts {
        Texts(cast.users, tail: "########' type='groupchat'><body>\(cast.text)</body></message>") { user in
            "<message from='\(cast.jid(user))' to='\(cast.room(user, host))' id='m"
        }
    }

    static func toPerson(_ cast: Cast, host: String) -> Texts {
        Texts(cast.users, tail: "########' type='chat'><body>\(cast.text)</body></message>") { user in
            "<message from='\(cast.jid(user))' to='bob%\(host)@\(XMPPEnd.domain)' id='m"
        }
    }

    static func fromRoom(_ cast: Cast) -> Texts {
        Texts(cast.users, tail: "\(cast.text)\r\n") { ":bob!bob@far.test PRIVMSG \(cast.channel($0)) :" }
    }

    static func fromPerson(_ cast: Cast) -> Texts {
        Texts(cast.users, tail: "\(cast.text)\r\n") { ":bob!bob@far.test PRIVMSG u\($0) :" }
    }
}

/// The users of a run: `u0`, `u1` … on XMPP, spread over the channels `#c0`, `#c1` …, and `bob` on IRC.
struct Cast {
    var users: Int
    var channels: Int
    /// The number of the first user.
    var first = 0
    /// Bytes of a message's text.
    var body = 64

    /// The text of a message, with a place for its number at the beginning.
    var text: String { "########" + String(repeating: "x", count: body - 8) }
    func jid(_ user: Int) -> String { "u\(user)@localhost/r" }
    func channel(_ user: Int) -> String { "#c\(user % channels)" }
    func room(_ user: Int, _ host: String) -> String { "\(channel(user))%\(host)@\(XMPPEnd.domain)" }

    func joining(_ user: Int, room: String, host: String) -> String {
        """
        <presence from='\(jid(user))' to='\(room)%\(host)@\(XMPPEnd.domain)/u\(user)'>\
        <x xmlns='http://jabber.org/protocol/muc'/></presence>
        """
    }

    /// Lets all users join, and returns when all joins are complete. The result is the number of seconds.
    ///
    /// - Parameter network: the network of the channels; nil for the one without TLS.
    @discardableResult
    func join(_ stage: Stage, network: String? = nil) throws -> Double {
        var present = 0
        stage.xmpp.onStanza = { if $0.kind == .presence, $0.isSelf { present += 1 } }
        let start = nanoseconds()
        for user in first..<first + users {
            stage.stream.append(joining(user, room: channel(user), host: network ?? stage.irc.host))
        }
        try stage.run("\(users) users to be in their channels (\(present) are)") { present >= users }
        let seconds = Double(nanoseconds() - start) / 1e9
        stage.xmpp.onStanza = { _ in }
        return seconds
    }
}
