import MCPGateway
import NIOCore

/// Says where a request goes, decided from its head alone.
enum Destination: Sendable {
    case streamable(AuthenticatedRequest, maximumBody: Int)
    case eventStream(AuthenticatedRequest, maximumBody: Int)
    case status(AdmittedRequest)
    indirect case preflight(AdmittedRequest)
    indirect case management(ManagementRequest)
    indirect case adHoc(AdHocRequest)
    indirect case login(LoginRequest)
    /// The management API has its answer already.
    indirect case answered(ManagementAnswer)
    /// A file of the dashboard, which anybody may have.
    indirect case dashboard(DashboardAnswer)
    /// What anybody may read.
    indirect case document(ByteBuffer)
    /// That depends on whom its token stands for, which has to be found out.
    indirect case undecided(AdmittedRequest)
    /// It goes no further.
    indirect case refused(Refusal)

    /// How many bytes of a body it takes; 0 where a body means nothing and is thrown away.
    var maximumBody: Int {
        switch self {
        case .streamable(_, let maximum), .eventStream(_, let maximum): maximum
        case .management(let request): request.maximumBody
        case .adHoc(let request): request.maximumBody
        case .login(let request): request.isForm ? LoginRequest.maximumBody : 0
        case .status, .preflight, .answered, .dashboard, .document, .undecided, .refused: 0
        }
    }

    /// Who was let in, where somebody had to be.
    var visitor: Visitor? {
        switch self {
        case .streamable(let request, _), .eventStream(let request, _):
            Visitor(place: .route(request.offer.name), principal: request.principal, shown: request.shown)
        case .management(let request):
            Visitor(
                place: request.serverOfOwnLogin.map(Visitor.Place.route) ?? .management,
                principal: request.caller.principal, shown: request.caller.shown)
        case .adHoc(let request):
            Visitor(place: .management, principal: request.caller.principal, shown: request.caller.shown)
        case .login, .status, .preflight, .answered, .dashboard, .document, .undecided, .refused: nil
        }
    }
}

/// Somebody who was let in, and where: what is looked at again when tokens are taken away.
struct Visitor: Sendable {
    enum Place: Sendable {
        /// What is offered, by the name of its route.
        case route(String)
        case management
    }

    let place: Place
    let principal: Principal
    let shown: ShownCredential
}
