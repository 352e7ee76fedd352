import GatewayKit

extension Refusal {
    /// Error replies to any request.
    static let general: [Row] = [
        (263, Refusal(.all, .command, .rateLimited, "The network is busy. Try again later.")),
        (403, Refusal(.all, .name, .notFound, "There is no channel %, or its name is not allowed.")),
        (417, Refusal(.all, .nothing, .tooLong, "The line was too long for this network.")),
        (421, Refusal(.all, .command, .unsupported, "This network cannot do that.")),
        (461, Refusal(.all, .command, .internal, "The network requires more parameters than this gateway sent.")),
        (465, Refusal(.all, .nothing, .forbidden, "You are banned from this network.")),
    ]
}
