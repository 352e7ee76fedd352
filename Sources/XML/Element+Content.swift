extension Element {
    /// The nodes between the start tag and the end tag of an element. Nearly all elements hold either one text or some
    /// elements, and these two forms need no list of nodes. Each content has exactly one form, so that equal contents
    /// are equal values.
    enum Content: Sendable, Equatable {
        /// Elements only, or nothing.
        case elements([Element])
        /// One text and nothing else.
        case text(String)
        /// Text beside elements.
        case mixed([Node])
    }

    /// The children in order.
    package var children: [Node] {
        get { content.nodes }
        set { content = Content(newValue) }
    }

    /// The text directly inside this element, joined; empty if there is none.
    package var text: String { content.text }

    /// Whether the element has one text and nothing else: no attributes and no child elements.
    package var isTextAlone: Bool {
        guard attributes.isEmpty, case .text(let text) = content else { return false }
        return !text.isEmpty
    }

    /// The child elements in order.
    package var elements: [Element] {
        switch content {
        case .elements(let elements): return elements
        case .text: return []
        case .mixed(let nodes):
            var elements: [Element] = []
            elements.reserveCapacity(nodes.count)
            for case .element(let element) in nodes { elements.append(element) }
            return elements
        }
    }

    /// The first child element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? { elements.first(name, namespace: namespace) }

    /// All child elements of that name and namespace.
    package func all(_ name: String, namespace: String) -> [Element] {
        elements.filter { $0.name == name && $0.namespace == namespace }
    }

    package mutating func append(_ child: consuming Element) { content.append(child) }
}

extension [Element] {
    /// The first element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        let elements = span
        for index in elements.indices where elements[index].name == name && elements[index].namespace == namespace {
            return elements[index]
        }
        return nil
    }

    /// The text of the element at `index`, without a copy of the element.
    package func text(at index: Int) -> String {
        // Nearly every text is alone in its element: then nothing but the text is copied.
        if case .text(let text) = span[index].content { return text }
        return span[index].content.text
    }
}

extension Element.Content {
    init(_ nodes: [Element.Node]) {
        self = .elements([])
        for node in nodes {
            switch node {
            case .element(let element): append(element)
            case .text(let text): append(text)
            }
        }
    }

    var isEmpty: Bool {
        if case .elements(let elements) = self { elements.isEmpty } else { false }
    }

    var text: String {
        switch self {
        case .elements: return ""
        case .text(let text): return text
        case .mixed(let nodes):
            var text = ""
            for case .text(let piece) in nodes { text += piece }
            return text
        }
    }

    var nodes: [Element.Node] {
        switch self {
        case .elements(let elements): elements.map { .element($0) }
        case .text(let text): [.text(text)]
        case .mixed(let nodes): nodes
        }
    }

    mutating func append(_ element: consuming Element) {
        // The list must have no other owner while it grows, otherwise Swift copies it.
        guard case .elements(var elements) = self else { return append(.element(element)) }
        self = .elements([])
        elements.append(element)
        self = .elements(elements)
    }

    /// Makes room for as many elements as a message usually has, before the first of them is appended.
    mutating func reserve() {
        guard case .elements(var elements) = self, elements.isEmpty else { return }
        elements.reserveCapacity(4)
        self = .elements(elements)
    }

    mutating func append(_ text: String) {
        if case .elements(let elements) = self, elements.isEmpty { self = .text(text) } else { append(.text(text)) }
    }

    private mutating func append(_ node: Element.Node) {
        var nodes = self.nodes
        self = .elements([])
        nodes.append(node)
        self = .mixed(nodes)
    }
}
