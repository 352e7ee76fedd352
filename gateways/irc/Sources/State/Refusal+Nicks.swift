import GatewayKit

extension Refusal {
    /// Error replies to NICK.
    static let nicks: [Row] = [
        (431, Refusal([.nick], .nothing, .malformedAddress, "A nick is missing.")),
        (432, Refusal([.nick], .name, .malformedAddress, "% is not a nick that this network allows.")),
        (433, Refusal([.nick], .name, .conflict, "The nick % is in use. Choose another one.")),
        (435, Refusal([.nick], .nothing, .forbidden, "You cannot change your nick while you are banned in a channel.")),
        (436, Refusal([.nick], .name, .conflict, "The nick % is in use. Choose another one.")),
        (437, Refusal([.nick], .name, .conflict, "The nick % is reserved at the moment. Choose another one.")),
        (437, Refusal([.nick], .nothing, .forbidden, "You cannot change your nick at the moment.")),
        (438, Refusal([.nick], .nothing, .tooFast, "You change your nick too fast. Wait a little.")),
        (447, Refusal([.nick], .nothing, .forbidden, "You cannot change your nick at the moment.")),
        (484, Refusal([.nick], .nothing, .forbidden, "The network does not allow that.")),
    ]
}
