import XML

/// Input: stanzas on a component stream. They are also read with expat, which Prosody and ejabberd use.
///
/// Rules: A stanza that expat accepts does not end our stream. We read it as expat does, or skip it because it is over
/// a limit. The same holds for the stanza as Prosody writes it to a component. Expat accepts the stanza as we write it,
/// and reads the same.
extension FuzzTarget {
    static let xmlExpat = FuzzTarget(name: "xml-expat") { bytes in
        // Read the bytes twice: `PlainReader` reads only namespaces that libxml2 has accepted before.
        let stream = header + bytes + bytes
        guard let expat = ExpatReader(stream) else { return }
        let ours = Reading(stream)
        ours.compare(to: expat, count: bytes.count)
        for element in expat.stanzas where !element.hasNamespaceWithLineFeed {
            checkRewritten(element)
            checkWritten(element)
        }
    }

    private static let namespace = "jabber:component:accept"
    private static let header = Array(
        ("<?xml version='1.0'?><stream:stream xmlns='\(namespace)' "
            + "xmlns:stream='http://etherx.jabber.org/streams' id='s1'>").utf8)

    private static func checkRewritten(_ element: Element) {
        let text = element.asProsodyWrites(parent: nil)
        let ours = Reading(header + Array(text.utf8))
        require(ours.error == nil && ours.events.count == 1, "Prosody sends \(text); we read \(ours)")
        guard case .skipped(_, .badNamespaces)? = ours.events.first else { return }
        require(element.usesReservedNamespace, "refused, though its namespaces are in order: \(text)")
    }

    private static func checkWritten(_ element: Element) {
        let text = element.xml(defaultNamespace: namespace)
        let again = ExpatReader(header + Array(text.utf8))
        let isSame = again.map { $0.isBetweenStanzas && $0.stanzas == [element] } ?? true
        require(isSame, "we write \(text), and expat reads \(again?.stanzas ?? []), not \(element)")
    }
}

/// The result of our parser for a stream.
private struct Reading {
    var events: [StreamEvent] = []
    var error: XMLError?

    init(_ bytes: [UInt8]) {
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        bytes.withUnsafeBytes { bytes in
            do throws(XMLError) {
                try parser.push(bytes) { events.append($0) }
            } catch { self.error = error }
        }
        if !events.isEmpty { events.removeFirst() }
    }

    func compare(to expat: ExpatReader, count: Int) {
        for (index, stanza) in expat.stanzas.enumerated() {
            // expat knows no XMPP, in which a stream within a stream is an error.
            if stanza.name == "stream", stanza.namespace == "http://etherx.jabber.org/streams" {
                return require(error == .badFormat, "a stream within the stream is taken: \(self)")
            }
            guard index < events.count else { return require(false, "expat takes \(stanza); we end with \(self)") }
            switch events[index] {
            case .element(let element): require(element == stanza, "expat reads \(stanza), we read \(element)")
            case .skipped(_, let reason):
                require(Self.isDue(reason, stanza, count), "skipped as \(reason), which it is not: \(stanza)")
            case .opened, .closed: require(false, "for \(stanza) we have \(events[index])")
            }
        }
        guard expat.isBetweenStanzas || expat.isClosed else { return }
        require(error == nil, "expat takes it, we end with \(self)")
        require(events.count == expat.stanzas.count + (expat.isClosed ? 1 : 0), "expat has less: \(self)")
    }

    /// Whether a stanza of at most `count` bytes can be over the limit of `reason`.
    private static func isDue(_ reason: SkipReason, _ stanza: Element, _ count: Int) -> Bool {
        let limits = XMLLimits()
        return switch reason {
        case .tooDeep: stanza.depth > limits.maxDepth
        // Declarations of namespaces count as attributes, but the tree does not show them.
        case .tooManyAttributes: count > limits.maxAttributes * 4
        case .nameTooLong: count > limits.maxNameBytes
        case .tooLarge: count * count > limits.maxStanzaBytes
        case .badNamespaces: stanza.hasNamespaceWithLineFeed
        }
    }
}

extension Element {
    fileprivate static let xml = "http://www.w3.org/XML/1998/namespace"

    fileprivate var depth: Int { 1 + (elements.map(\.depth).max() ?? 0) }

    fileprivate var usesReservedNamespace: Bool {
        namespace == Self.xml || attributes.contains { $0.namespace == Self.xml }
            || elements.contains { $0.usesReservedNamespace }
    }

    /// Whether a namespace in the element has a line feed, which ejabberd does not accept.
    fileprivate var hasNamespaceWithLineFeed: Bool {
        namespace.contains("\n") || attributes.contains { $0.namespace.contains("\n") }
            || elements.contains { $0.hasNamespaceWithLineFeed }
    }

    /// Writes the element as Prosody 0.12 does: util/stanza.lua writes what util/xmppstream.lua has read.
    fileprivate func asProsodyWrites(parent: String?) -> String {
        var text = "<" + name
        var number = 0
        if namespace != parent { text += " xmlns='\(namespace.escapedByProsody)'" }
        for attribute in attributes {
            var key = attribute.name
            if attribute.namespace == Self.xml, ["lang", "space", "base", "id"].contains(key) {
                key = "xml:" + key
            } else if !attribute.namespace.isEmpty {
                number += 1
                text += " xmlns:ns\(number)='\(attribute.namespace.escapedByProsody)'"
                key = "ns\(number):\(key)"
            }
            text += " \(key)='\(attribute.value.escapedByProsody)'"
        }
        text += ">"
        for child in children {
            switch child {
            case .element(let element): text += element.asProsodyWrites(parent: namespace)
            case .text(let characters): text += characters.escapedByProsody
            }
        }
        return text + "</\(name)>"
    }
}

extension String {
    fileprivate var escapedByProsody: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "'": text += "&apos;"
            case "\"": text += "&quot;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "&": text += "&amp;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
