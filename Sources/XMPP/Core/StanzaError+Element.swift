import XML

extension StanzaError {
    /// Reads leniently, because an error must not cause another error: an unknown condition counts as
    /// undefined-condition, an unknown type as cancel, a broken `by` as absent (RFC 6120 §8.3.2).
    ///
    /// Throws only if this is no `<error/>` of a stanza.
    package init(_ element: Element) throws(PayloadError) {
        try element.expect("error", Stanza.namespace)
        let defined = element.elements.filter { $0.namespace == Self.namespace && $0.name != "text" }
        let condition = defined.lazy.compactMap { Condition(rawValue: $0.name) }.first
        self.init(
            element[attribute: "type"].flatMap(Kind.init(rawValue:)) ?? .cancel,
            condition ?? .undefinedCondition,
            element.first("text", namespace: Self.namespace)?.text,
            element[attribute: "by"].flatMap { try? JID($0) })
        if condition == .gone || condition == .redirect {
            let uri = defined.first { $0.name == condition?.rawValue }?.text ?? ""
            alternative = uri.isEmpty ? nil : uri
        }
    }

    package var element: Element {
        var error = Element("error", namespace: Stanza.namespace)
            .with("type", type.rawValue).with("by", by?.description)
        error.append(Element(condition.rawValue, namespace: Self.namespace, text: alternative ?? ""))
        if let specific { error.append(specific) }
        if let text {
            let language = Attribute("lang", "en", namespace: StanzaHead.xmlNamespace)
            error.append(Element("text", namespace: Self.namespace, attributes: [language], text: text))
        }
        return error
    }

    static func find(in payload: [Element]) -> StanzaError? {
        payload.lazy.compactMap { try? StanzaError($0) }.first
    }
}
