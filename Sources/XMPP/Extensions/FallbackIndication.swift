import XML

/// Fallback Indication (XEP-0428): the parts of a message that stand for another extension, for clients that do not
/// understand it.
package struct FallbackIndication: Payload {
    package static let namespace = "urn:xmpp:fallback:0"

    /// A part of a body or subject.
    package struct Region: Sendable, Equatable {
        package enum Part: String, Sendable { case body, subject }

        package var part: Part
        /// The first character, and the one behind the last, counted in code points (XEP-0426). Nil at both ends means
        /// the whole text.
        package var start: Int?
        package var end: Int?

        package init(_ part: Part, start: Int? = nil, end: Int? = nil) {
            self.part = part
            self.start = start
            self.end = end
        }
    }

    /// The namespace of the extension that the parts stand for; nil if the sender has not named it.
    package var extensionNamespace: String?
    /// The parts. None means all bodies and subjects.
    package var regions: [Region]

    package init(for extensionNamespace: String?, _ regions: [Region] = []) {
        self.extensionNamespace = extensionNamespace
        self.regions = regions
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("fallback", Self.namespace)
        self.init(for: element[attribute: "for"])
        for child in element.elements where child.namespace == Self.namespace {
            guard let part = Region.Part(rawValue: child.name) else { continue }
            regions.append(Region(part, start: try child.count("start"), end: try child.count("end")))
        }
    }

    package var element: Element {
        var element = Element("fallback", namespace: Self.namespace).with("for", extensionNamespace)
        for region in regions {
            element.append(
                Element(region.part.rawValue, namespace: Self.namespace)
                    .with("start", region.start.map { String($0) }).with("end", region.end.map { String($0) }))
        }
        return element
    }
}

extension Message {
    /// The text of the message (`body`) without the parts that stand for one of these extensions, for a receiver that
    /// understands them. Nil if nothing is left. Fast for a message that has nothing but a body.
    ///
    /// - Parameter extensions: namespaces. Parts for others stay, and so do parts that the text does not have.
    package func body(withoutFallbacksFor extensions: Set<String>) -> String? {
        let whole = body
        guard payload.count > 1, hasFallback, let body = whole else { return whole }
        let fallbacks = payload.compactMap { try? FallbackIndication($0) }
            .filter { $0.extensionNamespace.map(extensions.contains) ?? false }
        var scalars = Array(body.unicodeScalars)
        var isRemoved = [Bool](repeating: false, count: scalars.count)
        for fallback in fallbacks {
            if fallback.regions.isEmpty { return nil }
            for region in fallback.regions where region.part == .body {
                let (start, end) = (region.start ?? 0, region.end ?? scalars.count)
                guard start <= end, end <= scalars.count else { continue }
                for index in start..<end { isRemoved[index] = true }
            }
        }
        guard isRemoved.contains(true) else { return body }
        scalars = zip(scalars, isRemoved).compactMap { $1 ? nil : $0 }
        return scalars.isEmpty ? nil : String(String.UnicodeScalarView(scalars))
    }

    private var hasFallback: Bool {
        // Elements are compared in place, by the length of their names first, because that costs nothing.
        let elements = payload.span
        for index in elements.indices
        where elements[index].name.utf8.count == 8 && elements[index].name == "fallback"
            && elements[index].namespace == FallbackIndication.namespace
        {
            return true
        }
        return false
    }
}
