import Basics

/// The features and limits that a server announces in RPL_ISUPPORT (005), as far as we use them. The initial values are
/// the usual ones of servers that announce nothing.
struct ServerSupport: Sendable, Equatable {
    /// A mode that gives a member of a channel a rank, with the sign before the nick. `prefixes` lists the highest
    /// first.
    struct PrefixMode: Equatable, Sendable {
        let mode: UInt8
        let sign: UInt8
    }

    private(set) var prefixes = ServerSupport.usualPrefixes
    private(set) var modes = ChannelModes()
    private(set) var channelTypes = "#&"
    private(set) var caseMapping = CaseMapping.rfc1459
    /// The signs that may stand before a channel's name in a target. The message then goes to members of that rank and
    /// above.
    private(set) var statusSigns = ServerSupport.usualStatusSigns
    private(set) var clientTags = ClientTagPolicy()
    private(set) var networkName: String?
    /// The letter of the user mode that marks a bot. Nil if the server has no such mode.
    private(set) var botMode: UInt8?
    /// Whether WHO can be asked for chosen fields (`WHOX`).
    private(set) var hasWHOX = false
    /// Whether LIST can be asked for channels with more than a number of people (`ELIST` with the letter U).
    private(set) var listsByUsers = false
    /// Whether the server takes UTF-8 only (`UTF8ONLY`).
    private(set) var isUTF8Only = false
    /// The commands by which the server tells who is online.
    private(set) var watching = WatchSupport()
    /// How many targets a command takes (`TARGMAX`, `MAXTARGETS`).
    private(set) var targets = TargetLimits()
    /// The number of modes with a parameter that one MODE line may change. Nil if there is no limit.
    private(set) var modesPerLine: Int? = 3
    /// The greatest length of a line in bytes, with its CR LF and without its tags (`LINELEN`).
    private(set) var lineLength = ServerSupport.usualLineLength
    /// The greatest length of a nick in bytes. This and the following lengths are nil if the server does not announce
    /// them.
    private(set) var nickLength: Int?
    private(set) var channelLength: Int?
    private(set) var topicLength: Int?
    private(set) var kickLength: Int?
    private(set) var awayLength: Int?
    private(set) var userLength: Int?
    private(set) var hostLength: Int?

    /// The lengths that decide how much text fits into one line.
    struct Lengths {
        /// The bytes of a line, with its end.
        let line: Int
        /// The bytes of a user name and of a host. Nil if the server has not announced them.
        let user, host: Int?
    }

    /// These lengths alone, because a copy of the whole announcement would cost more than the work with them.
    @inline(__always)
    var lengths: Lengths { Lengths(line: lineLength, user: userLength, host: hostLength) }

    private static let usualStatusSigns = "@+"
    /// RFC 1459 §2.3.
    static let usualLineLength = 512
    /// Longer lines are neither sent nor read, whatever the server announces.
    static let longestLine = 4_096

    private static let usualPrefixes = [
        PrefixMode(mode: UInt8(ascii: "o"), sign: UInt8(ascii: "@")),
        PrefixMode(mode: UInt8(ascii: "v"), sign: UInt8(ascii: "+")),
    ]

    /// Applies the parameters of a 005 line: our nick, the tokens, and a sentence, which is not a token. If
    /// `keepsCaseMapping`, the case mapping stays as it is; if `keepsPrefixes`, so do the ranks.
    mutating func apply(_ parameters: [String], keepsCaseMapping: Bool = false, keepsPrefixes: Bool = false) {
        let before = (caseMapping, prefixes)
        for token in parameters.dropFirst().dropLast() { apply(token: token) }
        if keepsCaseMapping { caseMapping = before.0 }
        if keepsPrefixes { prefixes = before.1 }
    }

    /// Applies one token: `KEY`, `KEY=value`, or `-KEY`, which restores the usual value.
    mutating func apply(token: String) {
        let bytes = token.utf8
        let negated = bytes.first == UInt8(ascii: "-")
        let body = negated ? bytes.dropFirst() : bytes[...]
        let key = body.prefix { $0 != UInt8(ascii: "=") }
        let raw = negated ? nil : String(Substring(body[key.endIndex...].dropFirst()))
        set(String(Substring(key)), raw.map(ServerSupport.unescape))
    }

    /// The values of a server that announces nothing.
    private static let usual = ServerSupport()

    /// Sets the value of a key. Nil sets the usual value.
    private mutating func set(_ key: String, _ value: String?) {
        let usual = ServerSupport.usual
        switch key {
        case "PREFIX": prefixes = value.flatMap(ServerSupport.prefixes) ?? usual.prefixes
        case "CHANMODES": modes = value.flatMap { ChannelModes($0) } ?? usual.modes
        case "CHANTYPES": channelTypes = value ?? usual.channelTypes
        case "CASEMAPPING": caseMapping = value.flatMap(CaseMapping.init(token:)) ?? usual.caseMapping
        case "STATUSMSG": statusSigns = value ?? usual.statusSigns
        case "CLIENTTAGDENY": clientTags = value.map(ClientTagPolicy.init) ?? usual.clientTags
        case "NETWORK": networkName = value
        case "BOT": botMode = value?.utf8.first
        case "WHOX": hasWHOX = value != nil
        case "ELIST": listsByUsers = value?.uppercased().contains("U") ?? false
        case "UTF8ONLY": isUTF8Only = value != nil
        case "MONITOR", "WATCH": watching.set(key, value)
        case "TARGMAX", "MAXTARGETS": targets.set(key, value)
        // MODES without a value means that there is no limit.
        case "MODES": modesPerLine = value == "" ? nil : value.flatMap(ServerSupport.length) ?? usual.modesPerLine
        case "LINELEN":
            let length = value.flatMap(ServerSupport.length) ?? usual.lineLength
            lineLength = min(max(length, usual.lineLength), ServerSupport.longestLine)
        default: setLength(key, value.flatMap(ServerSupport.length))
        }
    }

    private mutating func setLength(_ key: String, _ length: Int?) {
        switch key {
        case "NICKLEN": nickLength = length
        case "CHANNELLEN": channelLength = length
        case "TOPICLEN": topicLength = length
        case "KICKLEN": kickLength = length
        case "AWAYLEN": awayLength = length
        case "USERLEN": userLength = length
        case "HOSTLEN": hostLength = length
        default: break
        }
    }

    private static func length(_ text: String) -> Int? {
        guard let number = Int(text), (1...10_000).contains(number) else { return nil }
        return number
    }

    /// Reads `(modes)signs`. The text is empty for a server without ranks. Signs with which a nick can begin are left
    /// out, because a list of names would be ambiguous. Nil if the text has another form.
    private static func prefixes(_ text: String) -> [PrefixMode]? {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return [] }
        guard bytes.first == UInt8(ascii: "("), let close = bytes.firstIndex(of: UInt8(ascii: ")")),
            close - 1 == bytes.count - close - 1, bytes[1..<close].allSatisfy(\.isASCIILetter)
        else { return nil }
        return zip(bytes[1..<close], bytes[(close + 1)...]).prefix(16)
            .map { PrefixMode(mode: $0, sign: $1) }
            .filter { $0.sign < 0x80 && !WantedNick.isValid(String(UnicodeScalar($0.sign))) }
    }

    /// Resolves `\xHH` (modern IRC docs, "RPL_ISUPPORT Parameters").
    static func unescape(_ value: String) -> String {
        guard value.utf8.contains(UInt8(ascii: "\\")) else { return value }
        var result: [UInt8] = []
        var rest = value.utf8[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                let code = Hex.byte(rest.dropFirst().prefix(2))
            {
                result.append(code)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension ServerSupport {
    /// Whether a name is that of a channel, by its first character.
    func isChannel(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        return channelTypes.utf8.contains(first)
    }

    /// Returns the channel's name in the target of a message, without a sign for a rank (`@#channel`). Nil if the
    /// target is not a channel.
    func channelName(ofTarget target: String) -> String? {
        if isChannel(target) { return target }
        guard let sign = target.utf8.first, statusSigns.utf8.contains(sign) else { return nil }
        let name = String(Substring(target.utf8.dropFirst()))
        return isChannel(name) ? name : nil
    }
}
