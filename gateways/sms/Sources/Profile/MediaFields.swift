import Basics
import GatewayKit

/// Selects the attachments of an inbound message from a call.
enum MediaFields: Sendable {
    /// The texts of selectors for one attachment. `{i}` in them stands for the attachment's number, counted from 0.
    struct Numbered: Sendable {
        let url: String
        let type: String?
        let size: String?
    }

    case none
    /// Fields with numbers. The selector tells how many there are; without it, the first missing URL ends them.
    case numbered(Selector?, Numbered)
    /// A list in the body, and selectors within each of its elements.
    case each([String], url: Selector, type: Selector?, size: Selector?)
    /// A text with all URLs, and the sign between them.
    case list(Selector, separator: String)

    /// The largest number of attachments of one message. Further ones are left out.
    static let most = 20
    /// The longest URL, in bytes. A longer one is left out, because it would be cut somewhere.
    static let longestURL = 4_096

    var selectors: [Selector] {
        switch self {
        case .numbered(let count?, _): [count]
        case .list(let selector, separator: _): [selector]
        case .none, .numbered, .each: []
        }
    }

    func all(_ received: Received) -> [InboundMedia] {
        let found: [InboundMedia]
        switch self {
        case .none: return []
        case .numbered(let count, let texts): found = Self.numbered(count, texts, received)
        case .each(let steps, let url, let type, let size):
            found = (received.elements(at: steps) ?? []).prefix(Self.most).compactMap { element in
                url.value(in: element).map {
                    Self.media($0, type?.value(in: element), size?.value(in: element))
                }
            }
        case .list(let selector, let separator):
            let text = selector.value(in: received) ?? ""
            found = text.split(separator: separator).prefix(Self.most).map { Self.media($0.trimmed, nil, nil) }
        }
        return found.filter { (1...Self.longestURL).contains($0.url.utf8.count) }
    }

    private static func numbered(_ count: Selector?, _ texts: Numbered, _ received: Received) -> [InboundMedia] {
        var most = Self.most
        if let count { most = min(most, max(0, count.value(in: received).flatMap { Int($0) } ?? 0)) }
        var found: [InboundMedia] = []
        for index in 0..<most {
            guard let url = value(texts.url, index, received) else {
                // Some providers count from 1.
                if count == nil, index > 0 { break }
                continue
            }
            found.append(
                media(
                    url, texts.type.flatMap { value($0, index, received) },
                    texts.size.flatMap { value($0, index, received) }))
        }
        return found
    }

    private static func value(_ text: String, _ index: Int, _ received: Received) -> String? {
        let numbered = text.split(separator: "{i}", omittingEmptySubsequences: false).joined(separator: "\(index)")
        return (try? Selector(numbered))?.value(in: received)
    }

    private static func media(_ url: String, _ type: String?, _ size: String?) -> InboundMedia {
        InboundMedia(
            url: url, type: type.flatMap { $0.utf8.count <= 128 ? $0 : nil },
            size: size.flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 })
    }
}

extension MediaFields {
    /// Reads `{each, url, type, size}`, `{list, separator}`, or `{count, url, type, size}` with `{i}` in the texts, and
    /// finishes the reader.
    init(reading reader: ConfigReader) {
        defer { reader.finish() }
        self = .none
        if reader.has("list") {
            guard let selector = reader.requiredSelector("list") else { return }
            self = .list(selector, separator: reader.string("separator") ?? ",")
            return
        }
        if reader.has("each") {
            let steps = reader.pointer("each")
            let (type, size) = (reader.selector("type"), reader.selector("size"))
            guard let url = reader.requiredSelector("url"), let steps else { return }
            self = .each(steps, url: url, type: type, size: size)
            return
        }
        let count = reader.selector("count")
        let texts = ["url", "type", "size"].map { Self.numbered($0, reader) }
        guard let url = texts[0] else {
            if !reader.has("url") { reader.report("url", "required, but missing") }
            return
        }
        self = .numbered(count, Numbered(url: url, type: texts[1], size: texts[2]))
    }

    private static func numbered(_ key: String, _ reader: ConfigReader) -> String? {
        guard let text = reader.string(key) else { return nil }
        guard text.contains("{i}") else {
            reader.report(key, "'{i}' is expected here, which stands for the number of the attachment")
            return nil
        }
        return reader.expression(key) { () throws(ProfileError) in
            _ = try Selector(text)
            return text
        }
    }
}
