import type { NextFunction, Request, Response } from "express";
import jwt from "jsonwebtoken";

import { publicKey } from "../keys";
import type { User } from "../types";

/** Put the user of the bearer token on the request. */
export function authenticate(request: Request, response: Response, next: NextFunction) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) {
    response.status(401).json({ title: "Sign in first" });
    return;
  }
  let claims: User;
  try {
    claims = jwt.verify(token, publicKey, { algorithms: ["ES256"], audience: "checkout" }) as User;
  } catch {
    response.status(401).json({ title: "This token is not valid any more" });
    return;
  }
  request.user = { id: claims.id, role: claims.role };
  next();
}
