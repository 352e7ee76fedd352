import Basics
import GatewayKit

extension IRCRules {
    package var description: AdapterDescription {
        AdapterDescription(
            id: "irc", name: "IRC",
            gatewayIdentity: .init("conference", "irc"), peerIdentity: .init("client", "pc"),
            roomIdentity: .init("conference", "irc"),
            registration: .optional, delivery: .live, sessions: .onDemand,
            loginForm: LoginField.allCases.map(\.formField),
            loginInstructions: "All of this is optional. Leave a field empty and the gateway chooses for you. "
                + "A password belongs to one network. If this form has no field for it, send 'settings' to the "
                + "network's address.",
            promptDescription: "Enter a nick or a channel, with its network if there is more than one: "
                + "anna%\(networks.first?.rawValue ?? "irc.example.org").",
            promptLabel: "Nick or channel", takesCommands: true,
            connectionCommands: ConnectionCommandNames(
                info: "get-irc-connection-info", disconnect: "disconnect-from-irc-server", networks: "irc-servers"),
            accountCommands: SlashCommand.accountNames,
            roomForm: RoomField.allCases.map(\.formField),
            // Gajim lets people enter a listed room only if the list's address has no identity of a gateway.
            networkIdentity: .init("conference", "text"))
    }

    /// Checks a user's own settings for a channel. Returns them trimmed and without the empty ones.
    package func check(room values: [String: String]) throws(Failure) -> [String: String] {
        var kept: [String: String] = [:]
        for (key, value) in values {
            guard let field = RoomField(rawValue: key) else {
                throw Failure(.notAcceptable, "There is no field \(key) in this form.")
            }
            if !value.trimmed.isEmpty { kept[key] = try field.check(value.trimmed) }
        }
        return kept
    }

    /// Checks the fields of the login form. Returns them trimmed (except the passwords) and without the empty ones.
    /// Throws for an unknown field, a value that is too long or has a control character, and for a value that its field
    /// does not take.
    package func check(login values: [String: String]) throws(Failure) -> [String: String] {
        var kept: [String: String] = [:]
        for (key, value) in values {
            guard let field = LoginField(rawValue: key) else {
                throw Failure(.notAcceptable, "There is no field \(key) in this form.")
            }
            guard value.utf8.count <= field.limit, !value.unicodeScalars.contains(where: field.refuses) else {
                let words = "The value of \(key) is longer than \(field.limit) bytes, or has a control character."
                throw Failure(.notAcceptable, words + " Change it.").about(key)
            }
            let text = field.kind == .secret ? value : value.trimmed
            guard !text.isEmpty else { continue }
            do throws(Failure) {
                try field.check(text)
            } catch {
                throw error.about(key)
            }
            kept[key] = text
        }
        try ClientIdentity.updateFields(&kept)
        return kept
    }
}

/// Checks and chooses the user name of a login, the `user` in `nick!user@host`.
enum UserName {
    /// Whether the text has 1 to 32 bytes, all of them ASCII letters, digits or `._-`, and begins with a letter or
    /// digit.
    static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 32 && text.utf8.allSatisfy(isAllowed)
            && text.utf8.first.map { $0.isASCIILetter || $0.isASCIIDigit } == true
    }

    /// Returns the wanted user name if it is valid. Otherwise returns the ASCII letters and digits of the nick, at
    /// most nine and in lower case, or `guest` if the nick has none.
    static func choose(_ wanted: String?, nick: String) -> MiddleParameter {
        if let wanted, isValid(wanted), let middle = MiddleParameter(wanted) { return middle }
        let usable = String(decoding: nick.utf8.filter { $0.isASCIILetter || $0.isASCIIDigit }.prefix(9), as: UTF8.self)
        return MiddleParameter(usable.lowercased()) ?? .guest
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || "._-".utf8.contains(byte)
    }
}

extension MiddleParameter {
    fileprivate static let guest = MiddleParameter(literal: "guest")
}
