import GatewayKit
import XML
import XMPP

extension Message {
    /// The text that a network gets for the message; nil if the message says nothing. Fast for a message that has
    /// nothing but a body.
    ///
    /// A link to a file (XEP-0066, XEP-0447) that the body does not name follows the body, or stands for it. A text
    /// with formats (XEP-0071) stands for a missing body. A correction (XEP-0308) is marked, because the text that it
    /// corrects stays. An answer in a room (XEP-0461) begins with the nick of the person who is answered.
    ///
    /// - Parameter isStored: whether each line of the text reaches the network in one message, so that a link gets a
    ///   line of its own.
    func words(isStored: Bool) -> String? {
        let body = bodyWithoutFallbacks
        if payload.count == 1, body != nil { return body }
        let kinds = Self.kinds(of: payload)
        guard !kinds.isEmpty else { return body }
        var parts = [body].compactMap { $0 }.filter { !$0.isEmpty }
        if kinds.contains(.link) { addLinks(to: &parts) }
        if parts.isEmpty, kinds.contains(.formatted) {
            parts = payload.lazy.compactMap(FormattedText.text).prefix(1).map { $0 }
        }
        guard !parts.isEmpty else { return body }
        var words = parts.joined(separator: isStored ? "\n" : " ")
        if kinds.contains(.reply), let nick = answeredNick, !words.hasPrefix(nick), !words.hasPrefix("/") {
            words = "\(nick): \(words)"
        }
        return kinds.contains(.correction) ? "* \(words)" : words
    }

    /// Refuses a message whose text stands for something that no network takes: a retraction (XEP-0424), a text that is
    /// as a whole the fallback of an unknown extension (XEP-0428), or a link to an encrypted file (XEP-0454).
    func refuseUntranslatable() throws(StanzaError) {
        guard payload.count > 1 || body == nil else { return }
        let kinds = Self.kinds(of: payload)
        if kinds.contains(.retraction), payload.contains(where: { (try? Retraction($0)) != nil }) { throw .retraction }
        if kinds.contains(.link), links.contains(where: { $0.hasPrefix("aesgcm://") }) { throw .encryptedLink }
        if kinds.contains(.fallback), isFallbackAsWhole { throw .untranslatable }
    }

    /// Whether the message has a body, but an empty one, and no subject. A client that sends it waits for an answer.
    var isEmptyText: Bool { body?.isEmpty == true && subject == nil }

    /// The nick of the occupant whose message this one answers, in the same room (XEP-0461 §3.1).
    private var answeredNick: String? {
        guard type == .groupchat, let room = head.to?.bare,
            let to = payload.first(where: { $0.namespace == Self.reply })?[attribute: "to"],
            let occupant = try? JID(to), occupant.bare == room
        else { return nil }
        return occupant.resource?.networkNick
    }

    /// Maximum of links that follow a body.
    private static let mostLinks = 10

    private func addLinks(to parts: inout [String]) {
        for link in links.prefix(Self.mostLinks) where !parts.contains(where: { $0.contains(link) }) {
            parts.append(link)
        }
    }

    /// The file that the message shares, for networks that carry files; nil if it shares none. Fast for a message that
    /// has nothing but a body.
    ///
    /// - Parameter words: the text of the message, as `words(isStored: true)` has made it. The file's caption is this
    ///   text without the file's URL, if the URL has a line of its own. If the message has several links, those after
    ///   the first stay in the caption.
    func sharedFile(in words: String) -> File? {
        guard payload.count > 1 || body == nil, Self.kinds(of: payload).contains(.link),
            let link = links.first(where: \.isWebAddress)
        else { return nil }
        let shared = payload.lazy.compactMap { try? SharedFile($0) }.first { $0.urls.contains(link) }
        let rest = words.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != link }
        let caption = rest.joined(separator: "\n")
        // A correction that has nothing but the link leaves its mark only.
        let isBare = caption.allSatisfy { $0.isWhitespace || $0 == "*" } || words == "* \(link)"
        return File(
            at: link, mediaType: shared?.metadata?.mediaType, size: shared?.metadata?.size,
            caption: isBare ? nil : caption, name: shared?.metadata?.name)
    }

    /// The URLs of the files. A URL has no space (RFC 3986 §2), so a text with one is none.
    private var links: [String] {
        payload.flatMap { element in
            (try? LinkedFile(element)).map { [$0.url] } ?? (try? SharedFile(element).urls) ?? []
        }
        .filter { !$0.isEmpty && !$0.contains(where: \.isWhitespace) }
    }

    private var isFallbackAsWhole: Bool {
        let length = body?.unicodeScalars.count ?? 0
        guard length > 0 else { return false }
        return payload.contains { element in
            guard let fallback = try? FallbackIndication(element), let meant = fallback.extensionNamespace,
                !Self.translated.contains(meant)
            else { return false }
            let ofBody = fallback.regions.filter { $0.part == .body }
            return fallback.regions.isEmpty || ofBody.contains { ($0.start ?? 0) == 0 && ($0.end ?? length) >= length }
        }
    }

    /// The extensions whose fallbacks say the same as texts, such as stickers (XEP-0449), or are left out
    /// (`bodyWithoutFallbacks`).
    private static let translated = dropped.union([
        LinkedFile.namespace, SharedFile.namespace, Correction.namespace, "urn:xmpp:stickers:0",
    ])

    /// Payloads that change the text of a message.
    private struct Kinds: OptionSet {
        let rawValue: Int
        static let link = Kinds(rawValue: 1)
        static let formatted = Kinds(rawValue: 2)
        static let correction = Kinds(rawValue: 4)
        static let retraction = Kinds(rawValue: 8)
        static let fallback = Kinds(rawValue: 16)
        static let reply = Kinds(rawValue: 32)
    }

    private static func kinds(of payload: [Element]) -> Kinds {
        var kinds: Kinds = []
        let elements = payload.span
        for index in elements.indices {
            // The length of a name is compared first, because that costs nothing.
            switch elements[index].name.utf8.count {
            case 1 where elements[index].namespace == LinkedFile.namespace: kinds.insert(.link)
            case 12 where elements[index].namespace == SharedFile.namespace: kinds.insert(.link)
            case 4 where elements[index].namespace == FormattedText.namespace: kinds.insert(.formatted)
            case 5 where elements[index].namespace == reply: kinds.insert(.reply)
            case 7 where elements[index].namespace == Correction.namespace: kinds.insert(.correction)
            case 7 where elements[index].namespace == Retraction.namespace: kinds.insert(.retraction)
            case 8 where elements[index].name == "apply-to": kinds.insert(.retraction)
            case 8 where elements[index].namespace == FallbackIndication.namespace: kinds.insert(.fallback)
            default: break
            }
        }
        return kinds
    }
}

extension String {
    /// Whether the text is an address at `https` or `http`, from which a network can fetch a file.
    fileprivate var isWebAddress: Bool {
        let start = prefix(8).lowercased()
        return start.hasPrefix("https://") || start.hasPrefix("http://")
    }
}

extension StanzaError {
    fileprivate static let retraction = StanzaError(
        .featureNotImplemented, "The network cannot take a message back. People there still see it.")
    fileprivate static let encryptedLink = StanzaError(
        .notAcceptable,
        "This is a link to an encrypted file. People on the network cannot open it, so it was not sent. Turn off the"
            + " encryption, and send the file again.")
    fileprivate static let untranslatable = StanzaError(
        .featureNotImplemented,
        "This message is something other than a text, which the network does not have. It was not sent.")
}
