import HTTP

/// One message from a provider in its parts: the answer to a request of ours, or a webhook call.
struct Received: Sendable {
    /// The status of an answer; nil for a call.
    let status: Int?
    let headers: [(String, String)]
    let body: [UInt8]
    let query: FormFields
    let form: FormFields
    /// The body as JSON, or one element of it; nil if it is not JSON.
    var json: JSONValue?
    /// The claims of a verified token; nil if the call has none.
    var claims: JSONValue?
    /// The operator's settings.
    var settings = TemplateValues()
    /// The present time in seconds since 1970, for dates in an answer.
    var now = 0.0

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: body, as: UTF8.self) }

    init(
        status: Int? = nil, headers: [(String, String)] = [], body: [UInt8] = [], query: FormFields = .none,
        form: FormFields = .none, json: JSONValue? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.query = query
        self.form = form
        self.json = json
    }

    init(_ response: HTTPResponse) {
        let looksLikeJSON = response.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            .map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }
        self.init(
            status: response.status, headers: response.headers, body: response.body,
            json: looksLikeJSON == true ? try? JSONReader.read(response.body) : nil)
    }

    /// The elements of the array at a pointer, each as what was received; nil if there is no array.
    func elements(at steps: [String]) -> [Received]? {
        guard case .array(let items)? = json?.value(at: steps) else { return nil }
        return items.map { item in
            var part = self
            part.json = item
            return part
        }
    }

    /// The first header of that name; upper and lower case are the same.
    func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.0.lowercased() == wanted }?.1
    }
}
