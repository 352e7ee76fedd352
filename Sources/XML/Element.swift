/// One XML element as a value: expanded names, attributes in document order, children in document order.
///
/// Prefixes are not kept; the writer chooses them again from the namespaces.
package struct Element: Sendable, Equatable {
    /// Local name, without prefix.
    package var name: String
    /// Namespace URI; never empty in a parsed stream.
    package var namespace: String
    package var attributes: [Attribute]
    /// The nodes between the start tag and the end tag.
    var content: Content

    package init(
        _ name: String, namespace: String, attributes: [Attribute] = [], children: [Node] = []
    ) {
        self.init(name, namespace: namespace, attributes: attributes, content: Content(children))
    }

    /// An element that holds nothing but elements.
    package init(_ name: String, namespace: String, attributes: [Attribute] = [], elements: [Element]) {
        self.init(name, namespace: namespace, attributes: attributes, content: .elements(elements))
    }

    /// An element that holds nothing but text; an empty text gives an empty element.
    package init(_ name: String, namespace: String, attributes: [Attribute] = [], text: String) {
        self.init(
            name, namespace: namespace, attributes: attributes, content: text.isEmpty ? .elements([]) : .text(text))
    }

    init(_ name: String, namespace: String, attributes: [Attribute], content: Content) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.content = content
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
        get { index(of: name).map { attributes[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): attributes[index].value = value
            case (let index?, nil): attributes.remove(at: index)
            case (nil, let value?): attributes.append(Attribute(name, value))
            case (nil, nil): break
            }
        }
    }

    /// Whether the element has an attribute of that name and namespace.
    package func hasAttribute(_ name: String, namespace: String) -> Bool {
        // Attributes are looked at in place, here and below: taking each out of the array would cost more than
        // comparing it.
        let attributes = attributes.span
        for index in attributes.indices
        where attributes[index].name == name && attributes[index].namespace == namespace { return true }
        return false
    }

    private func index(of name: String) -> Int? {
        let attributes = attributes.span
        for index in attributes.indices where attributes[index].name == name && attributes[index].namespace.isEmpty {
            return index
        }
        return nil
    }
}
