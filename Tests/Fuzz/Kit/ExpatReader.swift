import CExpat
import XML

/// Reads a component stream with expat, as Prosody and ejabberd read the streams of their users. It refuses XML that
/// XMPP forbids (RFC 6120 §11.1), and XML that these servers do not pass on.
final class ExpatReader {
    /// The children of the stream, in order, up to the place where the stream ends or is refused.
    private(set) var stanzas: [Element] = []
    /// Whether the reader has stopped at XML that no server passes on.
    private(set) var isRefused = false
    /// Whether the end tag has closed the stream.
    private(set) var isClosed = false
    /// Whether the bytes end at a place where a stanza may begin.
    private(set) var isBetweenStanzas = false

    private let parser: XML_Parser
    private let bytes: [UInt8]
    private var open: [Element] = []
    private var text: [UInt8] = []
    private var isInStream = false

    /// Reads a stream from its header on. Nil if there is no memory.
    init?(_ bytes: [UInt8]) {
        guard let parser = XML_ParserCreateNS(nil, Self.separator) else { return nil }
        self.parser = parser
        self.bytes = bytes
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        setHandlers()
        parse(bytes)
        guard !isClosed, !isRefused, open.isEmpty else { return }
        // Expat may hold back the last bytes until more follow, so feed it one more element.
        let count = stanzas.count
        parse(Array("<probe/>".utf8))
        isBetweenStanzas = !isRefused && stanzas.count == count + 1 && stanzas.last?.name == "probe"
        (stanzas, isRefused) = (Array(stanzas.prefix(count)), false)
    }

    private func parse(_ bytes: [UInt8]) {
        let status = bytes.withUnsafeBytes { bytes in
            XML_Parse(parser, bytes.bindMemory(to: CChar.self).baseAddress, CInt(bytes.count), 0)
        }
        if status != XML_STATUS_OK, !isClosed { isRefused = true }
    }

    deinit { XML_ParserFree(parser) }

    /// The separator between namespace and name: U+0001, as in lua-expat, because no name can contain it.
    private static let separator: CChar = 1

    private func setHandlers() {
        XML_SetStartElementHandler(parser) { reader, name, attributes in
            guard let name else { return }
            ExpatReader.at(reader)?.start(name, attributes)
        }
        XML_SetEndElementHandler(parser) { reader, _ in ExpatReader.at(reader)?.end() }
        XML_SetCharacterDataHandler(parser) { reader, text, count in
            ExpatReader.at(reader)?.characters(UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        XML_SetCommentHandler(parser) { reader, _ in ExpatReader.at(reader)?.stop() }
        XML_SetProcessingInstructionHandler(parser) { reader, _, _ in ExpatReader.at(reader)?.stop() }
        XML_SetStartDoctypeDeclHandler(parser) { reader, _, _, _, _ in ExpatReader.at(reader)?.stop() }
        XML_SetStartCdataSectionHandler(parser) { reader in
            if let reader = ExpatReader.at(reader), reader.open.isEmpty { reader.stop() }
        }
    }

    /// The reader that expat has as its user data.
    private static func at(_ reader: UnsafeMutableRawPointer?) -> ExpatReader? {
        reader.map { Unmanaged<ExpatReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func stop(isRefused: Bool = true) {
        // After a stop, expat may still report parts of the current tag. Ignore them.
        guard !self.isRefused, !isClosed else { return }
        if isRefused { self.isRefused = true } else { isClosed = true }
        XML_StopParser(parser, 0)
    }

    private func start(
        _ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
        guard !isRefused, !isClosed else { return }
        guard isInStream else { return isInStream = true }
        flushText()
        let (namespace, local) = Self.split(name)
        var element = Element(local, namespace: namespace)
        var index = 0
        while let key = attributes?[index], let value = attributes?[index + 1] {
            let (namespace, local) = Self.split(key)
            element.attributes.append(Attribute(local, String(cString: value), namespace: namespace))
            index += 2
        }
        open.append(element)
    }

    private func end() {
        guard !isRefused, !isClosed else { return }
        flushText()
        guard let element = open.popLast() else { return stop(isRefused: false) }
        if open.isEmpty { stanzas.append(element) } else { open[open.count - 1].append(element) }
    }

    private func characters(_ text: UnsafeRawBufferPointer) {
        guard !isRefused, !isClosed else { return }
        guard open.isEmpty else { return self.text.append(contentsOf: text) }
        let isSpace = text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        let index = Int(XML_GetCurrentByteIndex(parser))
        // Between stanzas, no server writes white space as a character reference.
        if !isSpace || !bytes.indices.contains(index) || bytes[index] == UInt8(ascii: "&") { stop() }
    }

    private func flushText() {
        guard !text.isEmpty else { return }
        if !open.isEmpty {
            open[open.count - 1].children += [.text(String(decoding: text, as: UTF8.self))]
        }
        text = []
    }

    private static func split(_ name: UnsafePointer<CChar>) -> (namespace: String, local: String) {
        let parts = String(cString: name).split(separator: "\u{1}", omittingEmptySubsequences: false)
        return parts.count < 2 ? ("", String(parts[0])) : (String(parts[0]), String(parts[1]))
    }
}
