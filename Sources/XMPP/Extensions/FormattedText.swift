import XML

/// A text with formats, as old clients send it (XEP-0071, XHTML-IM).
package enum FormattedText {
    package static let namespace = "http://jabber.org/protocol/xhtml-im"
    private static let content = "http://www.w3.org/1999/xhtml"
    /// The elements that begin on a line of their own.
    private static let blocks: Set = ["p", "div", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"]

    /// The text of `<html/>` without its formats; nil if it has none.
    package static func text(of element: Element) -> String? {
        guard element.name == "html", element.namespace == namespace,
            let body = element.first("body", namespace: content)
        else { return nil }
        var text = ""
        add(body, to: &text)
        let lines = text.split(separator: "\n").map { $0.trimming() }.filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// The depth is that of the stanza, which the parser bounds.
    private static func add(_ element: Element, to text: inout String) {
        let isBlock = blocks.contains(element.name)
        if isBlock || element.name == "br" { text += "\n" }
        for child in element.children {
            switch child {
            case .text(let part): text += part.replacing("\n", with: " ")
            case .element(let inner): add(inner, to: &text)
            }
        }
        if isBlock { text += "\n" }
    }
}

extension Substring {
    /// The text without spaces at both ends.
    fileprivate func trimming() -> Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
