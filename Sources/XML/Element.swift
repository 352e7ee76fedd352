/// One XML element as a value: expanded names, attributes in document order, children in document order.
///
/// Prefixes are not kept; the writer chooses them again from the namespaces.
package struct Element: Sendable, Equatable {
    /// Local name, without prefix.
    package var name: String
    /// Namespace URI; never empty in a parsed stream.
    package var namespace: String
    package var attributes: [Attribute]
    package var children: [Node]

    package init(
        _ name: String, namespace: String, attributes: [Attribute] = [], children: [Node] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.children = children
    }

    /// An element that holds nothing but text; an empty text gives an empty element.
    package init(_ name: String, namespace: String, attributes: [Attribute] = [], text: String) {
        self.init(
            name, namespace: namespace, attributes: attributes,
            children: text.isEmpty ? [] : [.text(text)])
    }

    /// A child of an element. Adjacent text is one node.
    package enum Node: Sendable, Equatable {
        case element(Element)
        case text(String)
    }
}

/// One attribute. `namespace` is empty for attributes without a prefix.
package struct Attribute: Sendable, Equatable {
    package var name: String
    package var namespace: String
    package var value: String

    package init(_ name: String, _ value: String, namespace: String = "") {
        self.name = name
        self.namespace = namespace
        self.value = value
    }
}

extension Element {
    /// The value of an attribute without namespace, or nil.
    package subscript(attribute name: String) -> String? {
        get { attributes.first { $0.name == name && $0.namespace.isEmpty }?.value }
        set {
            let index = attributes.firstIndex { $0.name == name && $0.namespace.isEmpty }
            switch (index, newValue) {
            case (let index?, let value?): attributes[index].value = value
            case (let index?, nil): attributes.remove(at: index)
            case (nil, let value?): attributes.append(Attribute(name, value))
            case (nil, nil): break
            }
        }
    }

    /// The text directly inside this element, joined; empty if there is none.
    package var text: String {
        var text = ""
        for case .text(let piece) in children { text += piece }
        return text
    }

    /// The child elements in order.
    package var elements: [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(children.count)
        for case .element(let element) in children { elements.append(element) }
        return elements
    }

    /// The first child element of that name and namespace, or nil.
    package func first(_ name: String, namespace: String) -> Element? {
        for case .element(let child) in children where child.name == name && child.namespace == namespace {
            return child
        }
        return nil
    }

    /// All child elements of that name and namespace.
    package func all(_ name: String, namespace: String) -> [Element] {
        elements.filter { $0.name == name && $0.namespace == namespace }
    }

    package mutating func append(_ child: Element) { children.append(.element(child)) }
}
