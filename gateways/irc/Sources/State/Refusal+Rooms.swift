import GatewayKit

extension Refusal {
    /// Error replies to JOIN and PART.
    static let rooms: [Row] = [
        (405, Refusal([.join], .name, .rateLimited, "You are in as many channels as this network allows.")),
        (407, Refusal([.join], .name, .rateLimited, "You are in as many channels as this network allows.")),
        (437, Refusal([.join], .name, .unreachable, "% cannot be entered at the moment. Try again later.")),
        (439, Refusal([.join], .name, .rateLimited, "You write to too many people too fast. Wait a little.")),
        (442, Refusal([.part], .name, .notInRoom, "You are not in %.")),
        (448, Refusal([.join], .name, .forbidden, "% cannot be entered.")),
        (470, Refusal([.join], .name, .forbidden, "% sends you to another channel.")),
        (471, Refusal([.join], .name, .roomFull, "% is full.")),
        (473, Refusal([.join], .name, .registrationRequired, "% is by invitation only.")),
        (474, Refusal([.join], .name, .forbidden, "You are banned from %.")),
        (475, Refusal([.join], .name, .notAuthorized, "% wants a password, and this is not the right one.")),
        (476, Refusal([.join], .name, .malformedAddress, "% is not a name for a channel.")),
        (477, Refusal([.join], .name, .registrationRequired, "% wants you to log in to the network first.")),
        (479, Refusal([.join], .name, .malformedAddress, "% is not a name for a channel.")),
        (480, Refusal([.join], .name, .tooFast, "% cannot be entered at the moment. Try again later.")),
        (485, Refusal([.join], .name, .forbidden, "The network does not allow that in %.")),
        (488, Refusal([.join], .name, .forbidden, "% wants an encrypted connection.")),
        (489, Refusal([.join], .name, .forbidden, "% does not allow that.")),
        (490, Refusal([.join], .name, .forbidden, "% wants an encrypted connection.")),
        (495, Refusal([.join], .name, .rateLimited, "% cannot be entered again so soon.")),
        (500, Refusal([.join], .name, .rateLimited, "Too many people enter % at the moment. Try again later.")),
        (519, Refusal([.join], .name, .forbidden, "% is for administrators of the network only.")),
        (520, Refusal([.join], .name, .forbidden, "% is for operators of the network only.")),
    ]
}
