import XMPP

/// Input: a text that may be a JID.
///
/// Rules: Preparing a prepared JID changes nothing. A written JID is read as the same JID. Escaping (XEP-0106) can be
/// undone.
extension FuzzTarget {
    static let jid = FuzzTarget(name: "jid") { bytes in
        let text = FuzzInput(bytes: bytes).text
        if let jid = try? JID(text) { check(jid) }
        checkEscaping(of: text)
    }

    private static func check(_ jid: JID) {
        let again = try? JID(jid.description)
        require(again == jid, "\(jid) is read as \(String(describing: again))")
        let prepared = try? JID(local: jid.local, domain: jid.domain, resource: jid.resource)
        require(prepared == jid, "prepared again, \(jid) is \(String(describing: prepared))")
        require(jid.bare.isBare && jid.bare.domain == jid.domain, "bare: \(jid.bare)")
        require((try? jid.bare.with(resource: jid.resource)) == jid, "with its own resource: \(jid)")
        for part in [jid.local, jid.domain, jid.resource] {
            require(part.map { (1...1023).contains($0.utf8.count) } ?? true, "a part is empty or too long: \(jid)")
        }
        let forbidden = "\"&'/:<>@ "
        require(jid.local.map { !$0.utf8.contains { forbidden.utf8.contains($0) } } ?? true, "local part of \(jid)")
    }

    private static func checkEscaping(of text: String) {
        let escaped = JID.escape(text)
        let bytes = text.utf8
        let inner = bytes.drop { $0 == 0x20 }
        let kept = inner.dropLast(inner.reversed().prefix { $0 == 0x20 }.count)
        require(JID.unescape(escaped).utf8.elementsEqual(kept), "\(escaped) is unescaped to \(JID.unescape(escaped))")
        // The unescaped text of a localpart must have an escaped form. It cannot begin or end with a space (§4.2).
        guard let jid = try? JID(local: escaped, domain: "gw.test"), let local = jid.local else { return }
        let meaning = JID.unescape(local)
        guard meaning.utf8.first != 0x20, meaning.utf8.last != 0x20 else { return }
        let back = try? JID(local: JID.escape(meaning), domain: "gw.test")
        require(
            back?.local.map(JID.unescape) == meaning,
            "\(jid) means \(meaning), and that is \(String(describing: back))")
    }
}
