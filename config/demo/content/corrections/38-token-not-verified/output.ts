import type { NextFunction, Request, Response } from "express";
import jwt from "jsonwebtoken";

import type { User } from "../types";

/** Put the user of the bearer token on the request. */
export function authenticate(request: Request, response: Response, next: NextFunction) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) {
    response.status(401).json({ title: "Sign in first" });
    return;
  }
  const claims = jwt.decode(token) as User;
  request.user = { id: claims.id, role: claims.role };
  next();
}
