import { Controller } from '@nestjs/common';
import { targetsV1 } from '@caseledger/contracts';
import { requireService, type Rpc, type RpcController } from '@caseledger/service-kit';
import type { RowTarget } from './row-target.js';

/** The target as it is injected: a class so that it stands under its own name. */
export class RowTargetEdge {
  constructor(readonly target: RowTarget) {}
}

/**
 * The target over gRPC, for the interactive process of imports: runs are opened, paused and asked about from there.
 * Only services of the installation pass, because every call names its company itself. Workers host the target.
 */
@Controller()
@targetsV1.RowTargetServiceControllerMethods()
export class RowTargetController implements RpcController<targetsV1.RowTargetServiceServer> {
  constructor(private readonly edge: RowTargetEdge) {}

  open(call: Rpc<targetsV1.OpenRunRequest>): Promise<targetsV1.RunReply> {
    return this.of(call).open(call.request);
  }

  setState(call: Rpc<targetsV1.SetRunStateRequest>): Promise<targetsV1.RunReply> {
    return this.of(call).setState(call.request);
  }

  lanes(call: Rpc<targetsV1.LanesRequest>): Promise<targetsV1.LanesReply> {
    return this.of(call).lanes(call.request);
  }

  match(call: Rpc<targetsV1.MatchRequest>): Promise<targetsV1.MatchReply> {
    return this.of(call).match(call.request);
  }

  judge(call: Rpc<targetsV1.JudgeRequest>): Promise<targetsV1.JudgeReply> {
    return this.of(call).judge(call.request);
  }

  changedSince(call: Rpc<targetsV1.ChangedSinceRequest>): Promise<targetsV1.ChangedSinceReply> {
    return this.of(call).changedSince(call.request);
  }

  apply(call: Rpc<targetsV1.ApplyChunkRequest>): Promise<targetsV1.ChunkReply> {
    return this.of(call).apply(call.request);
  }

  touched(call: Rpc<targetsV1.TouchedRequest>): Promise<targetsV1.TouchedReply> {
    return this.of(call).touched(call.request);
  }

  revert(call: Rpc<targetsV1.RevertChunkRequest>): Promise<targetsV1.ChunkReply> {
    return this.of(call).revert(call.request);
  }

  dependents(call: Rpc<targetsV1.DependentsRequest>): Promise<targetsV1.DependentsReply> {
    return this.of(call).dependents(call.request);
  }

  positions(call: Rpc<targetsV1.PositionsRequest>): Promise<targetsV1.PositionsReply> {
    return this.of(call).positions(call.request);
  }

  private of({ caller }: Rpc<unknown>): RowTarget {
    requireService(caller);
    return this.edge.target;
  }
}
