import HTTP

/// The rules for signing a request of ours, for providers that take no password.
enum RequestSignature: Sendable {
    case sigV4(SigV4)
    case azure(key: Template)

    /// The request with its signature and the headers that belong to it.
    ///
    /// - Parameter now: the time in seconds since 1970.
    func sign(_ request: HTTPRequest, _ values: TemplateValues, now: Double) -> HTTPRequest {
        switch self {
        case .sigV4(let signature): signature.sign(request, values, now: now)
        case .azure(let key): AzureSignature.sign(request, key: key.text(values), now: now)
        }
    }

    /// The names that the templates use.
    var names: [String] {
        switch self {
        case .sigV4(let signature): signature.templates.flatMap(\.names)
        case .azure(let key): key.names
        }
    }
}
