extension Element {
    /// Reads one element from text. Meant for settings, stored payloads and tests; streams are read by `StreamParser`.
    ///
    /// Names without a prefix belong to `defaultNamespace` unless the text declares another namespace. The limits of a
    /// stanza (`XMLLimits`) apply.
    package init(parsing text: String, defaultNamespace: String) throws(XMLError) {
        var writer = XMLWriter()
        writer.write(markup: "<stream xmlns='")
        writer.write(escaping: defaultNamespace)
        writer.write(markup: "'>")
        writer.write(raw: text)
        writer.write(markup: "</stream>")
        var elements: [Element] = []
        let parser = StreamParser(limits: XMLLimits(), contentNamespaces: [:])
        var failure: XMLError?
        writer.withBytes { bytes in
            do throws(XMLError) {
                try parser.push(bytes) { if case .element(let element) = $0 { elements.append(element) } }
            } catch { failure = error }
        }
        if let failure { throw failure }
        guard elements.count == 1 else { throw .notWellFormed }
        self = elements[0]
    }

    /// This element as XML text, where `defaultNamespace` is in scope.
    package func xml(defaultNamespace: String) -> String {
        var writer = XMLWriter()
        writer.write(self, defaultNamespace: defaultNamespace)
        return writer.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
