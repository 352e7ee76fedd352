import Testing
import XML
import XMPP

/// Reads the text as an element of a stanza.
func read(_ xml: String) throws -> Element { try Element(parsing: xml, defaultNamespace: "jabber:client") }

/// Expects that the value is written as `xml` and read back from it, with the real writer and parser. Also expects that
/// the same element with another name or namespace is refused.
func expectBothWays<Value: Payload>(
    _ value: Value, _ xml: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(value.element.xml(defaultNamespace: "jabber:client") == xml, sourceLocation: sourceLocation)
    let element = try read(xml)
    #expect(try Value(element) == value, sourceLocation: sourceLocation)
    for (name, namespace) in [("other", element.namespace), (element.name, "urn:other")] {
        let other = Element(name, namespace: namespace, attributes: element.attributes, children: element.children)
        #expect(throws: PayloadError.self, sourceLocation: sourceLocation) { try Value(other) }
    }
}

/// Expects that the text is refused as a payload of that type.
func expectRefused<Value: Payload>(
    _: Value.Type, _ xml: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let element = try read(xml)
    #expect(throws: PayloadError.self, sourceLocation: sourceLocation) { try Value(element) }
}

func jid(_ text: String) throws -> JID { try JID(text) }
