import Basics
import GatewayKit

/// The registration of a connection, from the open socket until requests may be sent: capabilities, password, nick and
/// user (RFC 2812 §3.1, IRCv3 capability negotiation), and the login to the user's account.
///
/// The login comes before channels are joined, because some channels admit only users who are logged in. On networks
/// with SASL it comes before the welcome. On other networks it is a message to the account service (NickServ) after the
/// welcome.
struct ConnectionRegistration: Sendable {
    /// The names and the password to log in with.
    struct Login: Sendable {
        var nick: WantedNick
        var user: MiddleParameter
        var realName: String
        /// The server password (PASS).
        var password: Secret?
        /// Whether a taken nick is replaced by a similar one.
        var acceptsOtherNick: Bool
        /// The greatest length in bytes of a replaced nick.
        var nickLength: Int
        /// Whether to connect again with TLS if the server demands TLS (sts). False on a connection with TLS.
        var obeysSTS = false
        /// The login to the user's account. Nil if the user has given none.
        var account: AccountLogin?
    }

    /// An action for `IRCClient`.
    enum Action: Equatable {
        case send(OutboundLine)
        /// The server has accepted us (001), under this nick.
        case welcomed(nick: String)
        /// We are logged in to this account.
        case loggedIn(account: String)
        /// The user must be told this.
        case tell(String)
        /// The welcome text is over, and so is the login: requests may be sent.
        case ready
        /// The server has refused the login.
        case failed(Failure, LinkEnd.Cause)
    }

    enum Phase { case negotiating, authenticating, waiting, welcomed, identifying, ready, failed }

    private(set) var capabilities: CapabilityNegotiation
    private(set) var login: Login
    var phase = Phase.negotiating
    /// The login by SASL that is under way.
    var sasl: SASLLogin? {
        get { rareSASL.value }
        set { rareSASL.value = newValue }
    }
    private var rareSASL = Rare<SASLLogin>()
    /// The number of logins so far. After a login by SASL, the account service is not asked.
    var logins = 0
    /// The number of logins on one connection. A server can offer SASL again and again.
    static let loginLimit = 10
    /// Whether the network has logged us in.
    var isLoggedIn = false
    /// The line to the account service, whose verdict is awaited. Nil before and after that.
    var serviceLine: OutboundLine?
    /// Whether PASS, NICK and USER wait for the server's list of capabilities. Call `stopHolding` if it does not come.
    private(set) var holdsNames = false
    private var attempts = 0
    /// Nicks that we asked for before the user chose another one. Refusals of them are ignored.
    private var superseded: Set<String> = []

    init(_ login: Login) {
        self.login = login
        let canUseSASL = login.account.map { !$0.credentials.mechanisms.isEmpty } ?? false
        capabilities = CapabilityNegotiation(without: canUseSASL ? [] : Self.login)
    }

    /// The capabilities that only users with an account need. Connections share the set.
    private static let login: Set<Capability> = [.sasl]

    var isReady: Bool { phase == .ready }
    var isWelcomed: Bool { phase == .ready || phase == .welcomed || phase == .identifying }
    /// Whether the network's verdict about the login is awaited. Call `timedOut` if it does not come in time.
    var isLoggingIn: Bool { !rareSASL.isEmpty || phase == .identifying }
    /// Whether a key must be computed.
    @inline(__always)
    var wantsKey: Bool { !rareSASL.isEmpty && sasl?.wantsKey == true }

    /// The first lines to send, in the order of the modern IRC docs, "Connection Registration". A password waits for the
    /// server's list of capabilities, if the server may demand TLS there and the connection has none.
    mutating func start() -> [OutboundLine] {
        holdsNames = login.obeysSTS && login.password != nil
        return [capabilities.start()] + (holdsNames ? [] : namingLines)
    }

    /// Sends PASS, NICK and USER, if they still wait.
    mutating func stopHolding() -> [Action] {
        guard holdsNames else { return [] }
        holdsNames = false
        return namingLines.map { .send($0) }
    }

    /// PASS, NICK and USER.
    private var namingLines: [OutboundLine] {
        var lines: [OutboundLine] = []
        if let password = login.password {
            lines.append(OutboundLine(.pass, trailing: TrailingParameter(password.reveal())))
        }
        lines.append(nickLine(login.nick.name))
        lines.append(OutboundLine(.user, login.user, .zero, .star, trailing: TrailingParameter(login.realName)))
        return lines
    }

    /// Changes the nick to log in with. Call this before the welcome.
    mutating func change(nick: WantedNick) -> [Action] {
        superseded.insert(login.nick.name)
        login.nick = nick
        login.acceptsOtherNick = false
        attempts = 0
        return isWelcomed || holdsNames ? [] : [.send(nickLine(nick.name))]
    }

    /// Handles a line of the server. While `isReady` is false, call it with every line; later, only with CAP lines and
    /// those of `loginHandlers`.
    mutating func received(_ message: IRCMessage) -> [Action] {
        guard phase != .failed else { return [] }
        switch message.command {
        case .verb(.cap):
            let requests = capabilities.received(message.parameters).map(Action.send)
            if let port = demandedPort { return demandsTLS(port) }
            return (capabilities.hasList ? stopHolding() : []) + requests + endOfNegotiation()
        case .verb(.authenticate), .numeric(902...908):
            return perform(sasl?.received(message) ?? [])
        case .numeric(900):
            return loggedIn(message.parameters.count > 2 ? message.parameters[2] : "")
        case .numeric(410), .numeric(421):
            guard phase == .negotiating else { return [] }
            capabilities.unsupported()
            return stopHolding() + endOfNegotiation()
        case .numeric(451): return stopHolding()
        case .numeric(1):
            guard !isWelcomed else { return [] }
            phase = .welcomed
            return [.welcomed(nick: message.parameters.first ?? login.nick.name)]
        case .numeric(376), .numeric(422):
            guard phase == .welcomed else { return [] }
            return endOfWelcome()
        case .numeric(401), .numeric(402): return serviceIsMissing(message)
        case .numeric(let number):
            return isWelcomed ? [] : refused(number, message.parameters)
        case .verb(.notice): return serviceSpoke(message)
        case .verb: return []
        }
    }

    /// Ends the negotiation once the last CAP REQ is answered: logs in by SASL, or sends CAP END.
    private mutating func endOfNegotiation() -> [Action] {
        guard capabilities.isSettled, phase == .negotiating || phase == .ready else { return [] }
        let login = startSASL()
        if phase == .ready || !login.isEmpty { return login }
        return endCapabilities()
    }

    mutating func endCapabilities() -> [Action] {
        phase = .waiting
        return [.send(OutboundLine(.cap, .end))]
    }

    /// The port for TLS, if the server demands TLS and the connection has none (IRCv3 sts, "The port key").
    private var demandedPort: Int? {
        guard phase == .negotiating, login.obeysSTS, capabilities.hasList else { return nil }
        return capabilities.offers["sts"].flatMap { STSOffer($0).port }
    }

    private mutating func demandsTLS(_ port: Int) -> [Action] {
        let words = "The network demands an encrypted connection, and that was not possible."
        return end(Failure(.remoteDown, words), .tlsDemanded(port: port))
    }

    private func nickLine(_ nick: String) -> OutboundLine { OutboundLine(.nick, trailing: TrailingParameter(nick)) }

    private mutating func refused(_ number: Int, _ parameters: [String]) -> [Action] {
        switch number {
        case 431, 432, 433, 436, 437: return nickRefused(number, parameters)
        case 464: return fail(.notAuthorized, "The network requires a server password, or yours is wrong.", .login)
        case 463, 465:
            let words = parameters.dropFirst().last.map { " It says: \(PlainText.withoutFormatting($0))" } ?? ""
            return fail(.forbidden, "The network has refused you or this gateway.\(words)", .banned)
        default: return []
        }
    }

    private mutating func nickRefused(_ number: Int, _ parameters: [String]) -> [Action] {
        if parameters.count > 2, superseded.contains(parameters[1]), parameters[1] != login.nick.name { return [] }
        attempts += 1
        if login.acceptsOtherNick, attempts <= 6 {
            return [.send(nickLine(replacement(isErroneous: number == 432)))]
        }
        let nick = login.nick.name
        if number == 431 || number == 432 {
            return fail(.malformedAddress, "\(nick) is not a nick that this network allows. Choose another one.", .nick)
        }
        return fail(.conflict, "The nick \(nick) is in use on this network. Choose another one.", .nick)
    }

    /// Makes `nick_`, `nick__` and so on, within the length that the network allows.
    private func replacement(isErroneous: Bool) -> String {
        let suffix = String(repeating: "_", count: attempts)
        // The server may have refused the nick because it is too long or not ASCII.
        let base =
            isErroneous
            ? String(decoding: login.nick.name.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
            : login.nick.name
        let length = isErroneous ? min(9, login.nickLength) : login.nickLength
        return base.clipped(toBytes: max(length - attempts, 1)) + suffix
    }

    private mutating func fail(_ kind: Failure.Kind, _ text: String, _ cause: LinkEnd.Cause) -> [Action] {
        end(Failure(kind, text), cause)
    }

    mutating func end(_ failure: Failure, _ cause: LinkEnd.Cause) -> [Action] {
        phase = .failed
        return [.failed(failure, cause)]
    }
}
