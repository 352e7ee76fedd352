import Testing

@testable import XML

@Suite("What is between the tags of an element")
struct ContentTests {
    private static let inner = Element.Node.element(Element("i", namespace: "n"))
    private static let contents: [[Element.Node]] = [
        [], [.text("")], [.text("a")], [inner], [inner, inner], [.text("a"), inner], [inner, .text("a")],
        [inner, .text("a"), inner], [.text("a"), .text("b")],
    ]

    @Test("is what was put there", arguments: contents)
    func kept(children: [Element.Node]) {
        #expect(Element("e", namespace: "n", children: children).children == children)
    }

    @Test("is the same whether given at once or child by child", arguments: contents)
    func grown(children: [Element.Node]) {
        var element = Element("e", namespace: "n")
        for child in children { element.children.append(child) }
        #expect(element == Element("e", namespace: "n", children: children))
        var other = Element("e", namespace: "n")
        for child in children {
            switch child {
            case .element(let inner): other.append(inner)
            case .text(let text): other.content.append(text)
            }
        }
        #expect(other == element)
    }

    @Test("is read as elements and as text", arguments: contents)
    func parts(children: [Element.Node]) {
        let element = Element("e", namespace: "n", children: children)
        #expect(element.elements == children.compactMap { if case .element(let inner) = $0 { inner } else { nil } })
        #expect(element.text == children.map { if case .text(let text) = $0 { text } else { "" } }.joined())
        #expect(element.first("i", namespace: "n") == element.elements.first)
    }

    @Test("one text, or only elements, is equal to the same as children")
    func forms() {
        let inner = Element("i", namespace: "n")
        #expect(
            Element("e", namespace: "n", elements: [inner]) == Element("e", namespace: "n", children: [.element(inner)])
        )
        #expect(Element("e", namespace: "n", text: "a") == Element("e", namespace: "n", children: [.text("a")]))
        #expect(Element("e", namespace: "n", text: "") == Element("e", namespace: "n"))
    }
}
